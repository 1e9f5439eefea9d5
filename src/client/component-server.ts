/**
 * The secure port of a component: /healthz, /livez, /readyz and /metrics. Health is for everybody; the rest is for whom the
 * API server knows (by bearer token, or by a certificate of the cluster's authority) and lets get the path.
 *
 *   request ─▶ path open to all? ─▶ certificate, or TokenReview ─▶ SubjectAccessReview ─▶ answer
 */
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { ConfigMaps, SubjectAccessReviews, TokenReviews } from '../api/resources.ts';
import { createCertificate, type KeyPair } from '../base/certificate.ts';
import { errorText } from '../base/log.ts';
import type { ComponentContext } from './component.ts';

export interface ComponentServerOptions extends ComponentContext {
  readonly name: string;
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  /** One that signs itself is made unless given. */
  readonly credentials?: KeyPair | undefined;
  /** Of all metrics, in Prometheus' text format. */
  readonly metricsText: () => string;
}

export interface ComponentServer {
  readonly port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

interface User {
  readonly username: string;
  readonly groups: readonly string[];
}

const healthPaths = new Set(['/healthz', '/livez', '/readyz']);
const validityMs = 365 * 24 * 60 * 60 * 1000;

/** @throws Error when the port is taken */
export async function startComponentServer(options: ComponentServerOptions): Promise<ComponentServer> {
  const { certificate, key } = options.credentials ?? selfSigned(options);
  const ca = await clientAuthority(options);
  const server = createServer({
    cert: certificate,
    key,
    ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: false }),
  });
  server.on('request', (request, response) => void answer(options, request, response));
  server.on('tlsClientError', (error) => options.log.debug('A client failed at TLS', { error: error.message }));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.address, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function selfSigned({ name, clock }: ComponentServerOptions): KeyPair {
  const now = clock.now();
  return createCertificate({
    commonName: `${name}@${Math.floor(now / 1000)}`,
    hosts: ['localhost', '127.0.0.1'],
    usage: 'server',
    notBeforeMs: now - 60_000,
    notAfterMs: now + validityMs,
  });
}

/** The authority of client certificates, where the API server publishes it. */
async function clientAuthority({ client, log }: ComponentServerOptions): Promise<string | undefined> {
  try {
    const ref = { namespace: 'kube-system', name: 'extension-apiserver-authentication' };
    return (await client.find(ConfigMaps, ref))?.data?.['client-ca-file'];
  } catch (error) {
    log.debug('Client certificates are not known on the secure port', { error: errorText(error) });
    return undefined;
  }
}

/** Never rejects. */
async function answer(
  options: ComponentServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'https://component').pathname;
  try {
    if (healthPaths.has(path)) return void send(response, 200, 'ok');
    const user = await userOf(options, request);
    if (user === undefined) return void send(response, 401, 'Unauthorized');
    const verb = (request.method ?? 'GET').toLowerCase();
    if (!(await mayReach(options, user, path, verb))) {
      return void send(response, 403, `Forbidden: user "${user.username}" cannot ${verb} path "${path}"`);
    }
    if (path !== '/metrics') return void send(response, 404, '404 page not found\n');
    send(response, 200, options.metricsText(), 'text/plain; version=0.0.4; charset=utf-8');
  } catch (error) {
    options.log.warn('A request on the secure port failed', { path, error: errorText(error) });
    if (!response.headersSent) send(response, 500, 'Internal Server Error');
  }
}

function send(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' });
  response.end(text);
}

/** Undefined: the client showed something, and it is wrong. Who shows nothing is anonymous. */
async function userOf({ client }: ComponentServerOptions, { socket, headers }: IncomingMessage) {
  const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  if (token !== undefined) {
    const { status } = await client.create(TokenReviews, { spec: { token } });
    if (status.authenticated !== true) return undefined;
    return { username: status.user.username ?? '', groups: status.user.groups ?? [] };
  }
  return byCertificate(socket as TLSSocket) ?? anonymous;
}

const anonymous: User = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

function byCertificate(socket: TLSSocket): User | undefined {
  if (!socket.authorized) return undefined;
  const { subject } = socket.getPeerCertificate() as { readonly subject?: NodeJS.Dict<string | string[]> };
  const username = [subject?.['CN'] ?? []].flat()[0];
  if (username === undefined) return undefined;
  return { username, groups: [...[subject?.['O'] ?? []].flat(), 'system:authenticated'] };
}

async function mayReach(
  { client }: ComponentServerOptions,
  { username, groups }: User,
  path: string,
  verb: string,
): Promise<boolean> {
  if (groups.includes('system:masters')) return true;
  const spec = { user: username, groups, nonResourceAttributes: { path, verb } };
  const { status } = await client.create(SubjectAccessReviews, { spec });
  return status.allowed;
}
