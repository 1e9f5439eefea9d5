/** The sockets: UDP and TCP on each address, both bound before anything is answered. */
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import type { Transport } from './forward.ts';
import { TcpMessages, tcpFrame } from './tcp-messages.ts';

/** Undefined: no response. Must not reject. */
export type Answerer = (query: Buffer, transport: Transport) => Promise<Buffer | undefined>;

const idleMs = 10_000;
const maxConnections = 512;

export interface DnsServer {
  /** The port that was taken where 0 was asked for. */
  readonly port: number;
  close(): Promise<void>;
}

export async function listen(addresses: readonly string[], port: number, answer: Answerer): Promise<DnsServer> {
  const opened: (() => Promise<void>)[] = [];
  let actualPort = port;
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((closeOne) => closeOne()));
  };
  try {
    for (const address of addresses) {
      const tcp = await listenTcp(address, actualPort, answer);
      opened.push(tcp.close);
      actualPort = tcp.port;
      opened.push(await listenUdp(address, actualPort, answer));
    }
  } catch (error) {
    await close();
    throw new Error(`Cannot serve DNS on port ${port} of ${addresses.join(', ')}`, { cause: error });
  }
  return { port: actualPort, close };
}

async function listenUdp(address: string, port: number, answer: Answerer): Promise<() => Promise<void>> {
  const socket: DatagramSocket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  socket.bind(port, address);
  await once(socket, 'listening');
  // A client that is gone is no reason to end.
  socket.on('error', () => undefined);
  let closed = false;
  socket.on('message', async (query, from) => {
    const response = await answer(query, 'udp');
    if (response !== undefined && !closed) socket.send(response, from.port, from.address, () => undefined);
  });
  return async () => {
    closed = true;
    const done = once(socket, 'close');
    socket.close();
    await done;
  };
}

async function listenTcp(
  address: string,
  port: number,
  answer: Answerer,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    socket.setTimeout(idleMs, () => socket.destroy());
    const messages = new TcpMessages(async (query) => {
      const response = await answer(query, 'tcp');
      if (response === undefined) socket.destroy();
      else if (socket.writable) socket.write(tcpFrame(response));
    });
    socket.on('data', (chunk) => messages.push(chunk));
  });
  server.maxConnections = maxConnections;
  server.listen(port, address);
  await once(server, 'listening');
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    close: async () => {
      const done = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await done;
    },
  };
}
