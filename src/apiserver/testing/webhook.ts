/** A webhook of the tests: an HTTPS server on a free port that answers reviews of any kind. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { createCertificate } from '../../base/certificate.ts';

/** What a review asks; each test knows the fields that it reads. */
export type Asked = { readonly uid: string } & Readonly<Record<string, never>>;

export interface Hooks {
  readonly url: string;
  readonly caBundle: string;
  /** The requests of all reviews that came, with the paths they came to. */
  readonly asked: { readonly path: string; readonly request: Asked }[];
}

/** `answer`: the response to a review, its uid filled in; a number is an HTTP status without a review. */
export async function serveWebhook(
  context: TestContext,
  answer: (request: Asked, path: string) => object | number,
): Promise<Hooks> {
  const nowMs = Date.now();
  const validity = { notBeforeMs: nowMs - 60_000, notAfterMs: nowMs + 3_600_000 };
  const authority = createCertificate({ commonName: 'authority', usage: 'authority', ...validity });
  const pair = createCertificate(
    { commonName: 'webhook', hosts: ['127.0.0.1'], usage: 'server', ...validity },
    authority,
  );
  const asked: Hooks['asked'] = [];
  const answerTo = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const review = JSON.parse(await text(incoming)) as { kind: string; apiVersion: string; request: Asked };
    const path = (incoming.url ?? '').split('?')[0] ?? '';
    asked.push({ path, request: review.request });
    const said = answer(review.request, path);
    if (typeof said === 'number') {
      outgoing.statusCode = said;
      outgoing.end('broken');
      return;
    }
    const response = { uid: review.request.uid, ...said };
    outgoing.end(JSON.stringify({ kind: review.kind, apiVersion: review.apiVersion, response }));
  };
  const server = createServer({ cert: pair.certificate, key: pair.key }, (incoming, outgoing) => {
    void answerTo(incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}`, caBundle: Buffer.from(authority.certificate).toString('base64'), asked };
}
