/**
 * WebSocket handshakes with Kubernetes' sub-protocols. One of them, `SPDY/3.1+portforward.k8s.io`, is no valid token by
 * RFC 6455 and the ws library refuses it; so the offer is read and taken out of the request before the library sees it,
 * and the choice is put back into the answer.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { refuseUpgrade } from './upgrade.ts';

/** Longest message taken from a client; kubectl sends 32 KB at a time. */
const messageBytes = 4 * 1024 * 1024;

export interface AcceptedWebSocket {
  readonly webSocket: WebSocket;
  /** '' when the client named none. */
  readonly protocol: string;
}

/** Undefined when the client was refused. */
export function upgradeToWebSocket(
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  supported: readonly string[],
): Promise<AcceptedWebSocket | undefined> {
  const offered = (req.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  const protocol = offered.length === 0 ? '' : offered.find((each) => supported.includes(each));
  if (protocol === undefined) {
    refuseUpgrade(socket, 400, `unable to upgrade: requested protocols [${offered.join(' ')}] are not supported`);
    return Promise.resolve(undefined);
  }
  delete req.headers['sec-websocket-protocol'];
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: messageBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });
  server.on('headers', (headers) => {
    if (protocol !== '') headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
  });
  return new Promise((resolve) => {
    server.on('wsClientError', (error) => {
      refuseUpgrade(socket, 400, error.message);
      resolve(undefined);
    });
    server.handleUpgrade(req, socket, head, (webSocket) => {
      webSocket.on('error', () => undefined);
      resolve({ webSocket, protocol });
    });
  });
}
