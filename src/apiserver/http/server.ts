/**
 * The HTTP edge: TLS with HTTP/2 and HTTP/1.1 on one port. It turns sockets into ApiRequests with an identity, and
 * answers into bytes. All errors become Status objects here and nowhere else.
 *
 * Limits: bodies of 3 MiB (read-body.ts); `maxConnections` sockets; headers of 64 KiB.
 */
import { createSecureServer, type Http2SecureServer, type Http2ServerRequest } from 'node:http2';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SecureContext, TLSSocket } from 'node:tls';
import { ApiError } from '../../api/api-error.ts';
import { errorText } from '../../base/log.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { UndecidedError } from '../authorization/authorize.ts';
import { readRequestInfo, RequestInfoError, type RequestInfo } from '../request-info.ts';
import type { User } from '../user.ts';
import type { Credentials, PresentedCertificate } from '../authentication/authenticator.ts';
import { bearerToken } from '../authentication/bearer-token.ts';
import { asksToImpersonate, readImpersonation } from '../authentication/impersonation.ts';
import { readHeaderValues } from './header-values.ts';
import { Lifetimes, type Lifetime } from './lifetime.ts';
import { isPretty } from './pretty.ts';
import { readBody } from './read-body.ts';
import { send, sendError, type Exchange, type Outgoing } from './respond.ts';
import { chooseContext, renewContext, secureContextOptions, type ServingOptions } from './tls.ts';

type Incoming = IncomingMessage | Http2ServerRequest;

export interface HttpServerOptions {
  readonly serving: ServingOptions;
  /** PEM of the authorities that client certificates come from, as of now; undefined = none is asked for. */
  readonly clientCa: () => string | undefined;
  readonly now: () => number;
  /** Who has these credentials. @throws ApiError Unauthorized */
  authenticate(credentials: Credentials): Promise<User>;
  /** The body is left on the socket, for whoever passes the request on. */
  passesOn(info: RequestInfo): boolean;
  /** The rest of the way: fairness, authorization, admission, registry. */
  handle(request: ApiRequest): Promise<Answer>;
  /** Told of every finished request, for metrics and logs. */
  finished(request: FinishedRequest): void;
}

export interface FinishedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  /** What went wrong inside, when the answer was an internal error. */
  readonly failure?: string;
}

export interface HttpServer {
  readonly server: Http2SecureServer;
  /** Ends all requests and connections. */
  close(): Promise<void>;
}

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { serving, clientCa } = options;
  let choose = chooseContext(serving, clientCa());
  const server = createSecureServer({
    allowHTTP1: true,
    ...secureContextOptions(serving, clientCa()),
    SNICallback: (name: string, answer: (error: Error | null, context?: SecureContext) => void) =>
      answer(null, choose(name)),
    requestCert: clientCa() !== undefined,
    rejectUnauthorized: false,
    maxHeaderListPairs: 256,
    settings: { maxConcurrentStreams: 1000 },
    keepAliveTimeout: 180_000,
    requestTimeout: 0,
    // No stream is set up for a body that will not come.
    optimizeEmptyRequests: true,
  } as Parameters<typeof createSecureServer>[0]);
  const stopRenewal = serving.onChange?.(() => {
    choose = chooseContext(serving, clientCa());
    renewContext(server, serving, clientCa());
  });
  const lifetimes = new Lifetimes();
  const sockets = new Set<Duplex>();
  server.on('secureConnection', (socket: TLSSocket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  server.on('request', (incoming: Incoming, outgoing: Outgoing) => {
    void serve(options, incoming, outgoing, lifetimes.begin());
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    void serveUpgrade(options, incoming, socket, head, lifetimes.begin());
  });
  server.on('sessionError', () => undefined);
  return {
    server,
    close: () =>
      new Promise((resolve) => {
        lifetimes.stop();
        stopRenewal?.();
        server.close(() => resolve());
        setTimeout(() => sockets.forEach((socket) => socket.destroy()), 100);
      }),
  };
}

async function serve(
  options: HttpServerOptions,
  incoming: Incoming,
  outgoing: Outgoing,
  lifetime: Lifetime,
): Promise<void> {
  const begun = options.now();
  const end = (): void => lifetime.end();
  outgoing.on('close', end);
  outgoing.on('error', end);
  const warnings: string[] = [];
  let failure: string | undefined;
  try {
    const { request } = await readRequest(options, incoming, lifetime, warnings);
    const answer = await options.handle(request);
    await send({ request, warnings }, answer, outgoing, options.now);
  } catch (error) {
    const known = toApiError(error);
    // A client that hung up in its own body is no fault of ours.
    if (known.code === 500 && !(error instanceof ApiError) && !lifetime.over)
      failure = error instanceof Error ? (error.stack ?? error.message) : errorText(error);
    try {
      if (error instanceof RequestInfoError) {
        sendPlain(`failed to create RequestInfo: ${error.message}`, incoming, outgoing);
      } else if (error instanceof UndecidedError) sendPlain(error.message, incoming, outgoing);
      else await sendError(known, requestStyle(incoming), outgoing, warnings);
    } catch (unsent) {
      failure = unsent instanceof Error ? (unsent.stack ?? unsent.message) : errorText(unsent);
      outgoing.destroy();
    }
  }
  const path = (incoming.url ?? '').split('?')[0] ?? '';
  const durationMs = options.now() - begun;
  options.finished({
    method: incoming.method ?? '',
    path,
    status: outgoing.statusCode,
    durationMs,
    ...(failure === undefined ? {} : { failure }),
  });
}

async function serveUpgrade(
  options: HttpServerOptions,
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  lifetime: Lifetime,
): Promise<void> {
  socket.on('error', () => socket.destroy());
  socket.on('close', () => lifetime.end());
  try {
    const { request } = await readRequest(options, incoming, lifetime, []);
    const answer = await options.handle({ ...request, upgrade: { socket, head } });
    if (answer.type === 'hijacked') return;
    if (answer.type !== 'raw' || typeof answer.body !== 'string') {
      throw new ApiError('BadRequest', 'Upgrade request required');
    }
    hangUp(socket, answer.status, answer.headers['content-type'] ?? 'text/plain', answer.body);
  } catch (error) {
    const status = toApiError(error);
    hangUp(socket, status.code, 'application/json', JSON.stringify(status.toStatus()));
  }
}

/** Answers who wanted to leave HTTP and may not. */
function hangUp(socket: Duplex, status: number, contentType: string, body: string): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: ${contentType}\r\nConnection: close\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

async function readRequest(
  options: HttpServerOptions,
  incoming: Incoming,
  lifetime: Lifetime,
  warnings: string[],
): Promise<Exchange> {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const method = incoming.method ?? 'GET';
  const header = (name: string): string => String(incoming.headers[name] ?? '');
  const user = await options.authenticate({
    certificate: clientCertificate(incoming),
    bearerToken: bearerToken(incoming.headers),
    headers: () => readHeaderValues(incoming.rawHeaders),
    path,
  });
  let info: ReturnType<typeof readRequestInfo>;
  try {
    info = readRequestInfo(method, path, query);
  } catch (error) {
    if (error instanceof RequestInfoError) throw error;
    throw new ApiError('BadRequest', `invalid URL escape in path ${JSON.stringify(path)}`);
  }
  const request: ApiRequest = {
    info,
    method,
    query,
    user,
    userAgent: header('user-agent'),
    accept: header('accept'),
    contentType: header('content-type'),
    body: options.passesOn(info) ? { type: 'none' } : await readBody(incoming),
    get signal() {
      return lifetime.signal;
    },
    incoming: incoming as IncomingMessage,
    impersonation: asksToImpersonate(incoming.headers)
      ? readImpersonation(readHeaderValues(incoming.rawHeaders))
      : undefined,
    warn: (text) => {
      if (!warnings.includes(text)) warnings.push(text);
    },
  };
  return { request, warnings };
}

/** How the client wants errors: known even when the request could not be read. */
function requestStyle({ headers, url = '', method = '' }: Incoming): Parameters<typeof sendError>[1] {
  const mark = url.indexOf('?');
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const pretty = isPretty(query, String(headers['user-agent'] ?? ''));
  return { accept: String(headers.accept ?? ''), pretty, headOnly: method === 'HEAD' };
}

/** Faults before the request is understood or allowed are told without a Status. */
function sendPlain(why: string, { url = '' }: Incoming, outgoing: Outgoing): void {
  outgoing.statusCode = 500;
  outgoing.setHeader('content-type', 'text/plain; charset=utf-8');
  outgoing.end(`Internal Server Error: ${JSON.stringify(url)}: ${why}\n`);
}

/** Anything that is not an ApiError is a fault of ours; its text stays out of the answer's details. */
function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError('InternalError', `Internal error occurred: ${errorText(error)}`, {
    causes: [{ message: errorText(error) }],
  });
}

const certificates = new WeakMap<object, PresentedCertificate | undefined>();

function clientCertificate(incoming: Incoming): PresentedCertificate | undefined {
  const socket = ('stream' in incoming ? incoming.stream.session?.socket : incoming.socket) as TLSSocket | undefined;
  if (socket === undefined) return undefined;
  if (!certificates.has(socket)) {
    const leaf = socket.getPeerX509Certificate();
    certificates.set(socket, leaf === undefined ? undefined : { leaf, trusted: socket.authorized });
  }
  return certificates.get(socket);
}
