/** A way to a server on a loopback port that a test can cut and mend: as when a cable is pulled on one side only. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface CuttableLink {
  readonly url: string;
  /** Ends what is connected and lets nobody in until it is mended. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** `url`: of the server, such as `http://127.0.0.1:2379`. */
export async function openCuttableLink(url: string): Promise<CuttableLink> {
  const { hostname, port } = new URL(url);
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) return client.destroy();
    const behind = connect(Number(port), hostname);
    client.pipe(behind).pipe(client);
    const end = (): void => {
      for (const socket of [client, behind]) open.delete(socket.destroy());
    };
    for (const socket of [client, behind]) open.add(socket.on('error', end).on('close', end));
    return client;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    isCut = true;
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend: () => void (isCut = false),
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
