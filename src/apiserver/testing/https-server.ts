/** A small HTTPS server for tests of what calls others: an issuer, a webhook. It listens on loopback with a certificate of its own. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createCertificate } from '../../base/certificate.ts';

export interface TestHttpsServer {
  readonly url: string;
  /** PEM by which clients trust it. */
  readonly ca: string;
  /** What was asked: method, path and the parsed body. */
  readonly requests: readonly { readonly method: string; readonly path: string; readonly body: unknown }[];
  close(): Promise<void>;
}

/** `undefined` from `answer` = the connection is cut. */
export type TestAnswer = { readonly status?: number; readonly body: unknown } | undefined;

export async function startHttpsServer(
  answer: (path: string, body: unknown) => TestAnswer | Promise<TestAnswer>,
): Promise<TestHttpsServer> {
  const validity = { notBeforeMs: Date.now() - 60_000, notAfterMs: Date.now() + 3_600_000 };
  const authority = createCertificate({ commonName: 'test-ca', usage: 'authority', ...validity });
  const own = createCertificate({ commonName: 'test', usage: 'server', hosts: ['127.0.0.1'], ...validity }, authority);
  const requests: { method: string; path: string; body: unknown }[] = [];
  const server: Server = createServer({ cert: own.certificate, key: own.key }, (incoming, outgoing) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of incoming) parts.push(part as Buffer);
      const text = Buffer.concat(parts).toString();
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      const path = incoming.url ?? '';
      requests.push({ method: incoming.method ?? '', path, body });
      const answered = await answer(path, body);
      if (answered === undefined) return void incoming.socket.destroy();
      outgoing.writeHead(answered.status ?? 200, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(answered.body));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    ca: authority.certificate,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
