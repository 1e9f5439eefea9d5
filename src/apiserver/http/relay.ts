/** Joins a client that wants to leave HTTP (exec, port-forward, web sockets) with the server that its request is passed on to. */
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

export interface RelayedClient {
  readonly method: string;
  /** Path and query at the other server. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly socket: Duplex;
  readonly head: Uint8Array;
}

/** `send`: default, over TLS. Resolves when either side ended; rejects when the server cannot be reached. A refusal goes to the client as it is. */
export function relayUpgrade(
  options: RequestOptions,
  client: RelayedClient,
  send: typeof httpsRequest = httpsRequest,
): Promise<void> {
  const { socket } = client;
  return new Promise((resolve, reject) => {
    const request = send({
      ...options,
      method: client.method,
      path: client.path,
      headers: passedHeaders(client),
    });
    request.on('upgrade', (response, server, head) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headerLines(response)}\r\n`);
      if (head.length > 0) socket.write(head);
      if (client.head.length > 0) server.write(client.head);
      join(socket, server, resolve);
    });
    request.on('response', (response) => {
      socket.write(
        `HTTP/1.1 ${response.statusCode ?? 500} ${response.statusMessage ?? ''}\r\n${headerLines(response)}\r\n`,
      );
      response.pipe(socket);
      response.on('close', resolve);
    });
    request.on('error', reject);
    request.end();
  });
}

/** Copies both ways. What the server said before it hung up still reaches the client. */
function join(client: Duplex, server: Duplex, ended: () => void): void {
  client.pipe(server);
  server.pipe(client);
  const end = (): void => {
    client.destroy();
    server.destroy();
    ended();
  };
  client.on('close', end);
  client.on('error', end);
  server.on('error', end);
  server.on('close', () => {
    if (server.readableEnded) client.end();
    else end();
  });
}

/** Credentials of the client stay here: the server sees this one's own. */
function passedHeaders({ headers }: RelayedClient): Record<string, string | string[]> {
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || ['host', 'authorization'].includes(name) || name.startsWith(':')) continue;
    passed[name] = typeof value === 'string' ? value : [...value];
  }
  return passed;
}

function headerLines(response: IncomingMessage): string {
  let lines = '';
  for (let i = 0; i + 1 < response.rawHeaders.length; i += 2)
    lines += `${response.rawHeaders[i]}: ${response.rawHeaders[i + 1]}\r\n`;
  return lines;
}
