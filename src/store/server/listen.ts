/**
 * Where clients connect: an address with or without TLS, or a unix socket.
 *
 * One port speaks HTTP/2 for gRPC and HTTP/1.1 for `/health`, `/metrics` and their like. TLS tells the two apart by ALPN; without it
 * the first bytes do: HTTP/2 opens with `PRI * HTTP/2.0`.
 */
import { chmodSync, rmSync, statSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { Server as HttpServer, ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { serveCall } from './grpc.ts';
import type { GrpcOptions } from './grpc.ts';
import { Http2Connection } from './http2-connection.ts';

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
export async function listenForClients(url: string, tls: Tls | undefined, grpc: GrpcOptions): Promise<Listener> {
  const { protocol, hostname, port, pathname } = new URL(url);
  const isSecure = protocol === 'https:' || protocol === 'unixs:';
  if (isSecure && tls === undefined) throw new RangeError(`Cannot listen on ${url}: no certificate is given`);
  const connections = new Set<Http2Connection>();
  const serve = (socket: Duplex): void => {
    const connection: Http2Connection = new Http2Connection(
      socket,
      (stream) => serveCall(grpc, stream),
      () => connections.delete(connection),
    );
    connections.add(connection);
  };
  const http1 = createHttpServer((request, response) => {
    void answerRequest(grpc, request.url ?? '', response);
  });
  const server = isSecure && tls !== undefined ? secure(tls, serve, http1) : plain(serve, http1);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
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
      for (const connection of connections) connection.leave();
      http1.closeIdleConnections();
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function secure(tls: Tls, serve: (socket: Duplex) => void, http1: HttpServer): Server {
  const { clientOrganization } = tls;
  return createTlsServer(
    {
      cert: tls.cert,
      key: tls.key,
      ...(tls.clientCa === undefined ? {} : { ca: tls.clientCa }),
      requestCert: tls.clientCertAuth,
      rejectUnauthorized: tls.clientCertAuth,
      ALPNProtocols: ['h2', 'http/1.1'],
      minVersion: 'TLSv1.2',
    },
    (socket) => {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      const organizations = [socket.getPeerCertificate().subject?.O ?? []].flat();
      if (clientOrganization !== undefined && !organizations.includes(clientOrganization)) socket.destroy();
      else if (socket.alpnProtocol === 'h2') serve(socket);
      else http1.emit('connection', socket);
    },
  );
}

function plain(serve: (socket: Duplex) => void, http1: HttpServer): Server {
  return createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      if (first.toString('latin1', 0, 3) === 'PRI') serve(socket);
      else http1.emit('connection', socket);
      socket.resume();
    });
  });
}

async function answerRequest({ answer }: GrpcOptions, target: string, response: ServerResponse): Promise<void> {
  const { status, type, body } = await answer(target);
  response.writeHead(status, { 'content-type': type }).end(body);
}

/** A socket that a killed process left behind. */
function removeStaleSocket(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isSocket() === true) rmSync(path);
}
