/**
 * The node's HTTPS server, for the API server: logs, exec, attach, port-forward, statistics. Each route is a function of a request; who has no
 * certificate that lets him in gets nothing, not even /healthz.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { errorText, type Log } from '../../base/log.ts';
import { refuseUpgrade } from '../streaming/upgrade.ts';
import { refuseClient } from './authorize.ts';
import { HttpError } from './http-error.ts';

export interface ServerCredentials {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** Authority of client certificates. */
  readonly clientCa: string;
}

export interface RouteRequest {
  readonly req: IncomingMessage;
  /** What the pattern's groups matched, decoded. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  /** Aborts when the client has gone or the server ends. */
  readonly signal: AbortSignal;
}

export interface Route {
  readonly pattern: RegExp;
  serve(request: RouteRequest, res: ServerResponse): Promise<void>;
}

export interface StreamRoute {
  readonly pattern: RegExp;
  serve(request: RouteRequest, socket: Duplex, head: Buffer): Promise<void>;
}

export interface KubeletServerOptions {
  readonly credentials: ServerCredentials;
  /** Chooses another certificate by the name that the client asks for. */
  readonly certificateFor?: TlsOptions['SNICallback'];
  /** Connections that it refuses are closed before a byte was read. */
  readonly admits?: (socket: Socket) => boolean;
  /** Default: all addresses. */
  readonly address?: string | undefined;
  /** 0: any free one. */
  readonly port: number;
  readonly routes: readonly Route[];
  readonly streams: readonly StreamRoute[];
  readonly log: Log;
}

export interface KubeletServer {
  readonly port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

export async function startKubeletServer(options: KubeletServerOptions): Promise<KubeletServer> {
  const { certificate, key, clientCa } = options.credentials;
  const end = new AbortController();
  const { certificateFor: SNICallback, admits = () => true } = options;
  const tls = { cert: certificate, key, ca: clientCa, requestCert: true, rejectUnauthorized: false };
  const server = createServer(SNICallback === undefined ? tls : { ...tls, SNICallback });
  server.prependListener('connection', (socket) => void (admits(socket) || socket.destroy()));
  const upgraded = new Set<Duplex>();
  server.on('request', (req, res) => void answer(options, req, res, end.signal));
  server.on('upgrade', (req, socket, head) => {
    upgraded.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => upgraded.delete(socket));
    void answerUpgrade(options, req, socket, head, end.signal);
  });
  server.on('tlsClientError', (error) => options.log.debug('A client failed at TLS', { error: error.message }));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.address, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        end.abort();
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }),
  };
}

async function answer(
  options: KubeletServerOptions,
  req: IncomingMessage,
  res: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  res.on('close', () => gone.abort());
  try {
    const { request, route } = find(options.routes, req, AbortSignal.any([signal, gone.signal]));
    if (req.method !== 'GET') throw new HttpError(405, '405: Method Not Allowed');
    await route.serve(request, res);
  } catch (error) {
    if (gone.signal.aborted) return;
    const failure = asHttpError(options, req, error);
    if (res.headersSent) return void res.destroy();
    res.writeHead(failure.status, { 'content-type': 'text/plain; charset=utf-8' });
    res.end(`${failure.message}\n`);
  }
}

async function answerUpgrade(
  options: KubeletServerOptions,
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { request, route } = find(options.streams, req, signal);
    await route.serve(request, socket, head);
  } catch (error) {
    const failure = asHttpError(options, req, error);
    refuseUpgrade(socket, failure.status, failure.message);
  }
}

function find<R extends { readonly pattern: RegExp }>(
  routes: readonly R[],
  req: IncomingMessage,
  signal: AbortSignal,
): { readonly request: RouteRequest; readonly route: R } {
  const refusal = refuseClient(req.socket as TLSSocket);
  if (refusal !== undefined) throw new HttpError(refusal.status, refusal.message);
  const url = new URL(req.url ?? '/', 'https://kubelet');
  for (const route of routes) {
    const match = route.pattern.exec(url.pathname);
    if (match === null) continue;
    const parts = match.slice(1).map((part) => (part === undefined ? '' : decodeURIComponent(part)));
    return { route, request: { req, parts, query: url.searchParams, signal } };
  }
  throw new HttpError(404, '404 page not found');
}

function asHttpError({ log }: KubeletServerOptions, req: IncomingMessage, error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  log.warn('A request failed', { path: req.url, error: errorText(error) });
  return new HttpError(500, errorText(error));
}
