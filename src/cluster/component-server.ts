/**
 * What a component that is a process of its own tells of itself over HTTPS: `/healthz`, `/livez` and `/readyz` to everybody,
 * `/metrics` to whom the API server lets read that path. Who asks is found out by the API server too (TokenReview,
 * SubjectAccessReview), as kube-controller-manager does it; what it said of a token counts for ten seconds.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createCertificate, type KeyPair } from '../base/certificate.ts';
import type { Clock } from '../base/clock.ts';
import { errorText, type Log } from '../base/log.ts';
import type { Registry } from '../base/metrics.ts';
import { SubjectAccessReviews, TokenReviews } from '../api/resources.ts';
import type { Client } from '../client/client.ts';

export interface ComponentServerOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Registry;
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  /** Default: one that signs itself, as nobody but machines reads here. */
  readonly serving?: KeyPair | undefined;
}

export interface ComponentServer {
  readonly port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

type Verdict = 200 | 401 | 403;

const healthPaths = new Set(['/healthz', '/livez', '/readyz']);
const rememberMs = 10_000;
const remembersMax = 1000;

/** @throws when the port is taken. */
export async function startComponentServer(options: ComponentServerOptions): Promise<ComponentServer> {
  const { certificate, key } = options.serving ?? selfSigned(options.clock);
  const reader = new Readers(options);
  const server = createServer({ cert: certificate, key });
  server.on('request', (request, response) => void answer(options, reader, request, response));
  server.on('tlsClientError', (error) => options.log.debug('A client failed at TLS', { error: error.message }));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function selfSigned(clock: Clock): KeyPair {
  const notBeforeMs = clock.now() - 3_600_000;
  const validity = { notBeforeMs, notAfterMs: notBeforeMs + 365 * 86_400_000 };
  return createCertificate({
    commonName: 'localhost',
    usage: 'server',
    hosts: ['localhost', '127.0.0.1'],
    ...validity,
  });
}

async function answer(
  { metrics, log }: ComponentServerOptions,
  readers: Readers,
  { url = '/', method, headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = url.split('?')[0] ?? '/';
  const say = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
    response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' });
    response.end(method === 'HEAD' ? undefined : text);
  };
  if (method !== 'GET' && method !== 'HEAD') return say(405, '405 method not allowed\n');
  if (healthPaths.has(path)) return say(200, 'ok');
  if (path !== '/metrics') return say(404, '404 page not found\n');
  try {
    const verdict = await readers.judge(headers.authorization, path);
    if (verdict === 200) say(200, metrics.text(), 'text/plain; version=0.0.4; charset=utf-8');
    else say(verdict, verdict === 401 ? 'Unauthorized\n' : `Forbidden: cannot get path "${path}"\n`);
  } catch (error) {
    log.warn('Cannot find out who reads the metrics', { error: errorText(error) });
    say(500, 'Internal Server Error\n');
  }
}

/** Who may read what, by the API server's word. */
class Readers {
  readonly #options: Pick<ComponentServerOptions, 'client' | 'clock'>;
  readonly #known = new Map<string, { readonly verdict: Verdict; readonly untilMs: number }>();

  constructor(options: Pick<ComponentServerOptions, 'client' | 'clock'>) {
    this.#options = options;
  }

  async judge(authorization: string | undefined, path: string): Promise<Verdict> {
    const [, token] = /^Bearer\s+(\S+)$/i.exec(authorization ?? '') ?? [];
    if (token === undefined) return 401;
    const nowMs = this.#options.clock.now();
    const known = this.#known.get(token);
    if (known !== undefined && known.untilMs > nowMs) return known.verdict;
    const verdict = await this.#ask(token, path);
    if (this.#known.size >= remembersMax) this.#known.clear();
    this.#known.set(token, { verdict, untilMs: nowMs + rememberMs });
    return verdict;
  }

  async #ask(token: string, path: string): Promise<Verdict> {
    const { client } = this.#options;
    const review = await client.create(TokenReviews, { spec: { token } });
    const { authenticated, user } = review.status;
    if (authenticated !== true || user === undefined) return 401;
    const { username, uid, groups, extra } = user;
    const access = await client.create(SubjectAccessReviews, {
      spec: { user: username, uid, groups, extra, nonResourceAttributes: { path, verb: 'get' } },
    });
    return access.status.allowed ? 200 : 403;
  }
}
