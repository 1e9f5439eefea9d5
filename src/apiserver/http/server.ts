/**
 * The HTTP edge: TLS with HTTP/2 and HTTP/1.1 on one port. It turns sockets into ApiRequests with an identity, and
 * answers into bytes. All errors become Status objects here and nowhere else.
 *
 * Limits: bodies of 3 MiB (read-body.ts); `maxConnections` sockets; headers of 64 KiB.
 */
import {
  constants,
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type ServerHttp2Session,
} from 'node:http2';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import type { SecureContext, TLSSocket } from 'node:tls';
import { ApiError } from '../../api/api-error.ts';
import { errorText } from '../../base/log.ts';
import { auditIdOf } from '../audit/audit.ts';
import type { Handle } from '../pipeline.ts';
import type { ApiRequest, RequestBody } from '../request.ts';
import { isLongRunning } from '../request-limits.ts';
import { UndecidedError } from '../authorization/authorize.ts';
import { readRequestInfo, RequestInfoError, type RequestInfo } from '../request-info.ts';
import type { User } from '../user.ts';
import type { Credentials, PresentedCertificate } from '../authentication/authenticator.ts';
import type { MaybeLater } from '../../base/maybe-later.ts';
import { readImpersonation } from '../authentication/impersonation.ts';
import { Bursts } from './bursts.ts';
import { Connections } from './connections.ts';
import { readHeaderFacts, type HeaderFacts } from './header-facts.ts';
import { readHeaderValues } from './header-values.ts';
import { Lifetimes, type Lifetime } from './lifetime.ts';
import { isPretty } from './pretty.ts';
import type { Outgoing } from './flush-headers.ts';
import { NodeOutlet, type Outlet } from './outlet.ts';
import { PlainConnection, PlainRequest, type PlainOutlet } from './plain-connection.ts';
import { readBody } from './read-body.ts';
import { send, sendError, type Exchange } from './respond.ts';
import { chooseContext, renewContext, secureContextOptions, type ServingOptions } from './tls.ts';

type Incoming = IncomingMessage | Http2ServerRequest | PlainRequest;

export interface HttpServerOptions {
  readonly serving: ServingOptions;
  /** PEM of the authorities that client certificates come from, as of now; undefined = none is asked for. */
  readonly clientCa: () => string | undefined;
  readonly now: () => number;
  /** Who has these credentials; `unknown` is the request of nobody that is refused. @throws ApiError Unauthorized */
  authenticate(credentials: Credentials, unknown: () => ApiRequest): MaybeLater<User>;
  /** The body is left on the socket, for whoever passes the request on. */
  passesOn(info: RequestInfo): boolean;
  /** The body, unless the client takes too long to send it. @throws ApiError Timeout */
  inTime<T>(reading: Promise<T>): Promise<T>;
  /** The rest of the way (pipeline.ts). */
  readonly handle: Handle;
  readonly watch: Exchange['watch'];
  /** Something went wrong inside, and the answer was an internal error. */
  failed(request: FailedRequest): void;
  /** Whether the client is to connect anew after this request, so that clients spread over servers. */
  sendsAway(): boolean;
}

export interface FailedRequest {
  readonly method: string;
  readonly path: string;
  readonly failure: string;
}

export interface HttpServer {
  readonly server: Http2SecureServer;
  /** Takes no new connections, ends watches, lets other requests finish for as long as `graceMs`, then ends all. */
  close(graceMs: number): Promise<void>;
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
  const connections = new Connections(server);
  server.on('request', (incoming: IncomingMessage | Http2ServerRequest, outgoing: Outgoing) => {
    const lifetime = lifetimes.begin();
    const end = (): void => lifetime.end();
    outgoing.on('close', end);
    outgoing.on('error', end);
    const outlet = new NodeOutlet(outgoing);
    if (lifetime.stopping && !('stream' in incoming)) outlet.setHeader('connection', 'close');
    void serve(options, incoming, outlet, lifetime);
  });
  servePlainly(server, options, lifetimes);
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    void serveUpgrade(options, incoming, socket, head, lifetimes.begin());
  });
  server.on('sessionError', () => undefined);
  const sessions = new Set<ServerHttp2Session>();
  let ending = false;
  server.on('session', (session) => {
    sessions.add(session);
    // Its handshake was under way when the server stopped to listen.
    if (ending) void sendAway(session).then(() => session.close());
    session.on('close', () => sessions.delete(session));
  });
  return {
    server,
    async close(graceMs) {
      stopRenewal?.();
      // The server's own `close` would end sessions with requests on their way to them.
      const closed = new Promise<void>((resolve) => void NetServer.prototype.close.call(server, () => resolve()));
      ending = true;
      await Promise.all([connections.handshakesEnded(heardMs), ...[...sessions].map(sendAway)]);
      await Promise.all([...sessions].map(sendAway));
      lifetimes.stopLong();
      for (const session of sessions) session.close();
      await lifetimes.settled(graceMs);
      lifetimes.stop();
      setTimeout(() => connections.destroy(), 100);
      await closed;
    },
  };
}

/** Connections of HTTP/1.1 begin as plain ones; Node's own listener has those of HTTP/2, and what is not plain. */
function servePlainly(server: Http2SecureServer, options: HttpServerOptions, lifetimes: Lifetimes): void {
  const [listen] = server.listeners('secureConnection') as [(this: Http2SecureServer, socket: TLSSocket) => void];
  const serving = {
    now: options.now,
    bursts: new Bursts(),
    leave: (socket: TLSSocket) => listen.call(server, socket),
    serve(request: PlainRequest, outlet: PlainOutlet) {
      const lifetime = lifetimes.begin();
      outlet.last ||= lifetime.stopping;
      outlet.ended = () => lifetime.end();
      void serve(options, request, outlet, lifetime);
    },
  };
  server.off('secureConnection', listen);
  server.on('secureConnection', (socket) => {
    if (socket.alpnProtocol === 'h2') listen.call(server, socket);
    else new PlainConnection(socket, serving).begin();
  });
}

const heardMs = 1000;

/**
 * Asks the client to send nothing new. Resolves when it has heard of it, and so whatever it sent before is here; at the
 * latest after a second. (RFC 9113, 6.8: a GOAWAY with the highest number, later the real one.)
 */
function sendAway(session: ServerHttp2Session): Promise<void> {
  return new Promise((resolve) => {
    if (session.closed || session.destroyed) return resolve();
    const timer = setTimeout(resolve, heardMs);
    const heard = (): void => {
      clearTimeout(timer);
      resolve();
    };
    session.once('close', heard);
    session.goaway(constants.NGHTTP2_NO_ERROR, 2 ** 31 - 1);
    if (!session.ping(heard)) heard();
  });
}

async function serve(
  options: HttpServerOptions,
  incoming: Incoming,
  outlet: Outlet,
  lifetime: Lifetime,
): Promise<void> {
  const warnings: string[] = [];
  let numbered = false;
  try {
    const setHeader = (name: string, value: string): void => {
      numbered ||= name === 'audit-id';
      outlet.setHeader(name, value);
    };
    const request = await readRequest(readArrival(options, incoming, lifetime, warnings, setHeader));
    const exchange = { request, warnings, watch: options.watch };
    await options.handle(request, (answer) => send(exchange, answer, outlet, options.now));
    if ('stream' in incoming && options.sendsAway()) incoming.stream.session?.close();
  } catch (error) {
    const known = toApiError(error);
    // A client that hung up in its own body is no fault of ours.
    if (known.code === 500 && !(error instanceof ApiError) && !lifetime.over) tellFailure(options, incoming, error);
    try {
      if (!numbered) outlet.setHeader('audit-id', auditIdOf({ incoming }));
      if (error instanceof RequestInfoError) {
        tellPlainly(`failed to create RequestInfo: ${error.message}`, incoming, outlet);
      } else if (error instanceof UndecidedError) tellPlainly(error.message, incoming, outlet);
      else await sendError(known, requestStyle(incoming), outlet, warnings);
    } catch (unsent) {
      tellFailure(options, incoming, unsent);
      outlet.destroy();
    }
  }
}

function tellFailure(options: HttpServerOptions, { method = '', url = '' }: Incoming, error: unknown): void {
  const failure = error instanceof Error ? (error.stack ?? error.message) : errorText(error);
  options.failed({ method, path: url.split('?')[0] ?? '', failure });
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
    const request = await readRequest(readArrival(options, incoming, lifetime, [], () => undefined));
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

/** What came in, as far as it is known before its body. */
interface Arrival {
  readonly options: HttpServerOptions;
  readonly incoming: Incoming;
  readonly facts: HeaderFacts;
  readonly lifetime: Lifetime;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly warnings: string[];
  readonly setHeader: (name: string, value: string) => void;
}

function readArrival(
  options: HttpServerOptions,
  incoming: Incoming,
  lifetime: Lifetime,
  warnings: string[],
  setHeader: (name: string, value: string) => void,
): Arrival {
  const { method = 'GET', url = '/' } = incoming;
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? noQuery : new URLSearchParams(url.slice(mark + 1));
  const facts = incoming instanceof PlainRequest ? incoming.facts : readHeaderFacts(incoming.headers);
  return { options, incoming, facts, lifetime, method, path, query, warnings, setHeader };
}

async function readRequest(arrival: Arrival): Promise<ApiRequest> {
  const { options, incoming, lifetime, method, path, query } = arrival;
  const credentials: Credentials = {
    certificate: clientCertificate(incoming),
    bearerToken: arrival.facts.bearerToken,
    headers: () => readHeaderValues(incoming.rawHeaders),
    path,
  };
  const unknown = (): ApiRequest => requestOf(arrival, readInfo(method, path, query), nobody, noBody);
  const authenticated = options.authenticate(credentials, unknown);
  const user = authenticated instanceof Promise ? await authenticated : authenticated;
  const info = readInfo(method, path, query);
  lifetime.long = isLongRunning(info);
  if (!(incoming instanceof PlainRequest) && options.passesOn(info)) {
    return requestOf(arrival, info, user, noBody, method === 'GET' || method === 'HEAD' ? undefined : incoming);
  }
  const body = incoming instanceof PlainRequest ? incoming.body : readBody(incoming);
  return requestOf(arrival, info, user, body instanceof Promise ? await options.inTime(body) : body);
}

function requestOf(arrival: Arrival, info: RequestInfo, user: User, body: RequestBody, unread?: Readable): ApiRequest {
  const { incoming, facts, lifetime, method, query, warnings, setHeader } = arrival;
  const { userAgent, accept, contentType } = facts;
  return {
    info,
    method,
    query,
    user,
    userAgent,
    accept,
    contentType,
    body,
    lifetime,
    incoming,
    unread,
    impersonation: facts.asksToImpersonate ? readImpersonation(readHeaderValues(incoming.rawHeaders)) : undefined,
    header: setHeader,
    warn: (text) => {
      if (!warnings.includes(text)) warnings.push(text);
    },
  };
}

/** Most requests have none; nobody changes a request's query. */
const noQuery = new URLSearchParams();
const noBody: RequestBody = { type: 'none' };
const nobody: User = { name: '', groups: [] };

function readInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  try {
    return readRequestInfo(method, path, query);
  } catch (error) {
    if (error instanceof RequestInfoError) throw error;
    throw new ApiError('BadRequest', `invalid URL escape in path ${JSON.stringify(path)}`);
  }
}

/** How the client wants errors: known even when the request could not be read. */
function requestStyle({ headers, url = '', method = '' }: Incoming): Parameters<typeof sendError>[1] {
  const mark = url.indexOf('?');
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const pretty = isPretty(query, String(headers['user-agent'] ?? ''));
  return { accept: String(headers.accept ?? ''), pretty, headOnly: method === 'HEAD' };
}

/** Faults before the request is understood or allowed are told without a Status. */
function tellPlainly(why: string, { url = '' }: Incoming, outlet: Outlet): void {
  const text = `Internal Server Error: ${JSON.stringify(url)}: ${why}\n`;
  const length = Buffer.byteLength(text);
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-length': length,
  };
  outlet.whole(500, headers, [text], length);
}

/** Anything that is not an ApiError is a fault of ours; its text stays out of the answer's details. */
function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError('InternalError', `Internal error occurred: ${errorText(error)}`, {
    causes: [{ message: errorText(error) }],
  });
}

const certificates = new WeakMap<object, PresentedCertificate | 'none'>();

function clientCertificate(incoming: Incoming): PresentedCertificate | undefined {
  const socket = ('stream' in incoming ? incoming.stream.session?.socket : incoming.socket) as TLSSocket | undefined;
  if (socket === undefined) return undefined;
  let known = certificates.get(socket);
  if (known === undefined) {
    const leaf = socket.getPeerX509Certificate();
    known = leaf === undefined ? 'none' : { leaf, trusted: socket.authorized };
    certificates.set(socket, known);
  }
  return known === 'none' ? undefined : known;
}
