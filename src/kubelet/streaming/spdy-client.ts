/** The client's end of a SPDY upgrade: asks an HTTP server to switch and answers the connection. */
import { request } from 'node:http';
import { SpdyConnection } from './spdy-connection.ts';
import { spdyProtocol } from './upgrade.ts';

const upgradeTimeoutMs = 30_000;

/** Connects to an `http:` URL, naming the sub-protocol. Rejects with what the server says when it refuses. */
export function connectSpdy(url: string, protocol: string): Promise<SpdyConnection> {
  return new Promise((resolve, reject) => {
    const req = request(url, {
      method: 'POST',
      agent: false,
      headers: {
        Connection: 'Upgrade',
        Upgrade: spdyProtocol,
        'X-Stream-Protocol-Version': protocol,
        'Content-Length': '0',
      },
    });
    req.setTimeout(upgradeTimeoutMs, () => req.destroy(new Error(`No answer from ${url} in ${upgradeTimeoutMs} ms`)));
    req.on('error', reject);
    req.on('upgrade', (_res, socket, head) => {
      socket.setTimeout(0);
      if (head.length > 0) socket.unshift(head);
      resolve(new SpdyConnection(socket, { role: 'client' }));
    });
    req.on('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8').trim();
        reject(new Error(`Cannot upgrade to ${spdyProtocol}: ${res.statusCode ?? 0} ${text}`));
      });
    });
    req.end();
  });
}
