/** The HTTP side of switching protocols on a socket that node:http has handed over. */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

export const spdyProtocol = 'SPDY/3.1';
const protocolHeader = 'X-Stream-Protocol-Version';

export function wantsWebSocket(req: IncomingMessage): boolean {
  return req.headers.upgrade?.toLowerCase() === 'websocket';
}

/** Answers an upgrade request with an error as plain text. */
export function refuseUpgrade(
  socket: Duplex,
  statusCode: number,
  message: string,
  headers: readonly string[] = [],
): void {
  socket.on('error', () => undefined);
  const body = `${message}\n`;
  const lines = [
    `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...headers,
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/**
 * Agrees on a sub-protocol and switches the socket to SPDY. Answers the protocol, '' when the client named none;
 * undefined when refused.
 */
export function upgradeToSpdy(req: IncomingMessage, socket: Duplex, supported: readonly string[]): string | undefined {
  const wantsUpgrade = (req.headers.connection ?? '').toLowerCase().includes('upgrade');
  if (!wantsUpgrade || req.headers.upgrade?.toLowerCase() !== spdyProtocol.toLowerCase()) {
    refuseUpgrade(socket, 400, 'unable to upgrade: missing upgrade headers in request');
    return undefined;
  }
  const offered = offeredProtocols(req);
  const protocol = offered.length === 0 ? '' : offered.find((each) => supported.includes(each));
  if (protocol === undefined) {
    const message = `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${supported.join(' ')}]`;
    const accepted = supported.map((each) => `X-Accepted-Stream-Protocol-Versions: ${each}`);
    refuseUpgrade(socket, 403, message, accepted);
    return undefined;
  }
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', `Upgrade: ${spdyProtocol}`];
  if (protocol !== '') lines.push(`${protocolHeader}: ${protocol}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return protocol;
}

/** The header may be repeated or hold a list; node:http joins repetitions with a comma. */
function offeredProtocols(req: IncomingMessage): readonly string[] {
  const value = req.headers[protocolHeader.toLowerCase()];
  const text = Array.isArray(value) ? value.join(',') : (value ?? '');
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
