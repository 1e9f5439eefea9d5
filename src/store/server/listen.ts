/**
 * Where clients connect: an address with or without TLS, or a unix socket.
 *
 * One port speaks HTTP/2 for gRPC and HTTP/1.1 for `/health` and `/version`. TLS tells the two apart by ALPN; without it
 * the first bytes do: HTTP/2 opens with `PRI * HTTP/2.0`.
 */
import { createServer as createHttpServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createSecureServer, createServer as createHttp2Server } from 'node:http2';
import type { Http2Server, SecureServerOptions } from 'node:http2';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { chmodSync, rmSync, statSync } from 'node:fs';
import { serveGrpc } from './grpc.ts';
import type { GrpcOptions } from './grpc.ts';
import { etcdVersion } from './maintenance.ts';

export interface Tls {
  readonly cert: string;
  readonly key: string;
  /** PEM of the authority of client certificates. */
  readonly clientCa?: string;
  /** Refuses clients without a certificate of `clientCa`. */
  readonly clientCertAuth: boolean;
  /** Refuses clients whose certificate names no such organization (O). */
  readonly clientOrganization?: string;
}

interface Listener {
  readonly url: string;
  close(): Promise<void>;
}

const graceMs = 1000;
/** Memory of one connection, above all for answers that wait to be read: HTTP/2's own default of 10 MB ends calls. */
const maxSessionMegabytes = 1024;
const settings = { initialWindowSize: 1024 * 1024, maxConcurrentStreams: 100_000 };

export async function listen(
  url: string,
  tls: Tls | undefined,
  grpc: GrpcOptions,
  isHealthy: () => boolean,
): Promise<Listener> {
  const { protocol, hostname, port, pathname } = new URL(url);
  const isSecure = protocol === 'https:' || protocol === 'unixs:';
  if (isSecure && tls === undefined) throw new RangeError(`Cannot listen on ${url}: no certificate is given`);
  const answerPlainly = plainAnswers(isHealthy);
  const { server, close } =
    isSecure && tls !== undefined ? secure(tls, grpc, answerPlainly) : plain(grpc, answerPlainly);
  const isUnix = protocol.startsWith('unix');
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isUnix) removeStaleSocket(`${hostname}${pathname}`);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(isUnix ? { path: `${hostname}${pathname}` } : { host, port: Number(port) || 0 }, resolve);
  });
  if (isUnix) chmodSync(`${hostname}${pathname}`, 0o600);
  const address = server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: isUnix ? url : `${protocol}//${hostname}:${taken}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      close();
      await closed;
    },
  };
}

function secure(tls: Tls, grpc: GrpcOptions, answer: RequestListener): { server: Server; close: () => void } {
  const options: SecureServerOptions = {
    cert: tls.cert,
    key: tls.key,
    ...(tls.clientCa === undefined ? {} : { ca: tls.clientCa }),
    requestCert: tls.clientCertAuth,
    rejectUnauthorized: tls.clientCertAuth,
    allowHTTP1: true,
    minVersion: 'TLSv1.2',
    maxSessionMemory: maxSessionMegabytes,
    settings,
  };
  const server = createSecureServer(options);
  const { clientOrganization } = tls;
  server.on('secureConnection', (socket: TLSSocket) => {
    const organizations = [socket.getPeerCertificate().subject?.O ?? []].flat();
    if (clientOrganization !== undefined && !organizations.includes(clientOrganization)) socket.destroy();
  });
  const end = serveGrpc(server, grpc);
  server.on('request', (request, response) => {
    if (request.httpVersionMajor === 1) answer(request as never, response as never);
  });
  return { server, close: () => end(graceMs) };
}

function plain(grpc: GrpcOptions, answer: RequestListener): { server: Server; close: () => void } {
  const http1 = createHttpServer(answer);
  const http2: Http2Server = createHttp2Server({ maxSessionMemory: maxSessionMegabytes, settings });
  const end = serveGrpc(http2, grpc);
  const waiting = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    waiting.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => waiting.delete(socket));
    socket.once('data', (first: Buffer) => {
      waiting.delete(socket);
      socket.pause();
      socket.unshift(first);
      if (first.toString('latin1', 0, 3) === 'PRI') return void http2.emit('connection', socket);
      http1.emit('connection', socket);
      socket.resume();
    });
  });
  const close = (): void => {
    for (const socket of waiting) socket.destroy();
    http1.closeAllConnections();
    end(graceMs);
  };
  return { server, close };
}

function plainAnswers(isHealthy: () => boolean): RequestListener {
  return (request, response) => {
    const path = request.url?.split('?')[0];
    const body =
      path === '/health'
        ? { health: String(isHealthy()), reason: '' }
        : path === '/version'
          ? { etcdserver: etcdVersion, etcdcluster: etcdVersion.replace(/\d+\+.*/, '0') }
          : undefined;
    const status = body === undefined ? 404 : path === '/health' && !isHealthy() ? 503 : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? '404 page not found\n' : JSON.stringify(body));
  };
}

/** A socket that a killed process left behind. */
function removeStaleSocket(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isSocket() === true) rmSync(path);
}
