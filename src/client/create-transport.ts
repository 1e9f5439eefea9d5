/**
 * Chooses how to speak to a server: HTTP/2 where it agrees to, so that all requests and watches share few connections,
 * else HTTP/1.1 with connections kept alive.
 */
import { isIP } from 'node:net';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import { createHttp1Transport } from './http1-transport.ts';
import { Http2Transport } from './http2-transport.ts';
import { hostOf, type TlsOptions, type Transport } from './transport.ts';

/** The server speaks TLS, but not HTTP/2. */
class Http2Refused extends Error {}

const dialTimeoutMs = 30_000;

export function createTransport(server: URL, tls: TlsOptions, clock: Clock): Transport {
  if (server.protocol === 'http:') return createHttp1Transport(server, undefined);
  const context = createSecureContext({ ca: tls.ca, cert: tls.cert, key: tls.key });
  const http1 = createHttp1Transport(server, { ...verification(server, tls), secureContext: context });
  const http2 = new Http2Transport(server, () => dial(server, tls, context), clock);
  let http2Refused = false;
  return {
    async send(request) {
      if (http2Refused) return http1.send(request);
      try {
        return await http2.send(request);
      } catch (error) {
        if (!(error instanceof Http2Refused)) throw error;
        http2Refused = true;
        return http1.send(request);
      }
    },
    close() {
      http1.close();
      http2.close();
    },
  };
}

/** Resolves with a connection on which the server agreed to HTTP/2. @throws Http2Refused */
function dial(server: URL, tls: TlsOptions, secureContext: SecureContext): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: hostOf(server),
      port: Number(server.port === '' ? 443 : server.port),
      ALPNProtocols: ['h2', 'http/1.1'],
      secureContext,
      ...verification(server, tls),
    });
    socket.setNoDelay(true);
    socket.setTimeout(dialTimeoutMs, () => socket.destroy(new Error(`No connection within ${dialTimeoutMs} ms`)));
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      socket.setTimeout(0);
      socket.off('error', reject);
      if (socket.alpnProtocol === 'h2') return resolve(socket);
      socket.on('error', () => undefined);
      socket.destroy();
      reject(new Http2Refused('The server does not speak HTTP/2'));
    });
  });
}

function verification(
  server: URL,
  tls: TlsOptions,
): { readonly rejectUnauthorized: boolean; readonly servername?: string } {
  const host = hostOf(server);
  // A server name is a DNS name: an address is checked against the certificate without one.
  const servername = tls.serverName ?? (isIP(host) === 0 ? host : undefined);
  return { rejectUnauthorized: tls.insecureSkipVerify !== true, ...(servername === undefined ? {} : { servername }) };
}
