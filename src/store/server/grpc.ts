/**
 * gRPC's server side on node:http2: messages framed by five bytes, a status in the trailers, deadlines
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
 *
 * Just what a server of a few known methods needs, and so half the work per call of a general library: no metadata, no
 * interceptors, no compression (a compressed message is refused, as the protocol provides).
 *
 * Limits: `maxMessageBytes` a message received, `maxUnsentBytes` waiting on a stream of answers, of which the owner of the
 * stream is told by `overflow`; the windows of HTTP/2 hold back whoever sends faster than is read.
 */
import type { Http2Server, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { Code } from '../protocol/errors.ts';
import { WireError } from '../protocol/reader.ts';
import { decode, encode } from '../protocol/schema.ts';
import type { Decoded, Encodable, Message } from '../protocol/schema.ts';
import type { Method } from '../protocol/services.ts';
import { GrpcError } from './grpc-error.ts';
import { MessageSplitter } from './message-splitter.ts';

const prefixBytes = 5;
const maxUnsentBytes = 64 * 1024 * 1024;
const okTrailers = { 'grpc-status': '0' };
const headers = { ':status': 200, 'content-type': 'application/grpc' };

/** One call with streams of messages. Everything is silent once it has ended. */
export interface StreamCall<Request, Response> {
  /** `ended`: the client has sent its last message. `closed`: the call is over, whoever ended it. */
  listen(listener: { message?(request: Request): void; ended?(): void; closed(): void }): void;
  send(response: Response): void;
  /** Whether so much waits to be read by the client that no more should be sent. */
  readonly overflows: boolean;
  /** Ends the call, with OK unless an error is given. */
  end(error?: GrpcError): void;
}

export type Handler = (stream: ServerHttp2Stream, receive: Receive) => void;
type Receive = { maxMessageBytes: number };

export function unary<Request extends Message, Response extends Message>(
  { request, response }: Method<Request, Response>,
  handle: (request: Decoded<Request>, size: number) => Promise<Encodable<Response>> | Encodable<Response>,
): Handler {
  return (stream, { maxMessageBytes }) => {
    const answer = async (message: Buffer): Promise<void> => {
      try {
        const result = await handle(decode(request, message), message.length);
        if (!stream.closed) sendOne(stream, frame(response, result));
      } catch (error) {
        fail(stream, toGrpcError(error));
      }
    };
    let received: Buffer | undefined;
    const splitter = new MessageSplitter(maxMessageBytes, (message) => (received ??= message));
    stream.on('data', (chunk: Buffer) => attempt(stream, () => splitter.push(chunk)));
    stream.on('end', () => {
      if (received !== undefined) void answer(received);
      else fail(stream, new GrpcError(Code.internal, 'The request ended before its message'));
    });
  };
}

export function streaming<Request extends Message, Response extends Message>(
  { request, response }: Method<Request, Response>,
  handle: (call: StreamCall<Decoded<Request>, Encodable<Response>>) => void,
): Handler {
  return (stream, { maxMessageBytes }) => {
    stream.respond(headers, { waitForTrailers: true });
    let status: Record<string, string> = okTrailers;
    stream.on('wantTrailers', () => stream.sendTrailers(status));
    handle({
      listen({ message, ended, closed }) {
        const splitter = new MessageSplitter(maxMessageBytes, (bytes) => message?.(decode(request, bytes)));
        stream.on('data', (chunk: Buffer) => attempt(stream, () => splitter.push(chunk)));
        stream.on('end', () => ended?.());
        stream.on('close', closed);
      },
      send(value) {
        if (stream.writable) stream.write(frame(response, value));
      },
      get overflows() {
        return stream.writableLength > maxUnsentBytes;
      },
      end(error) {
        if (error !== undefined) status = statusOf(error);
        if (stream.writable) stream.end();
      },
    });
  };
}

export interface GrpcOptions {
  /** By path, such as `/etcdserverpb.KV/Range`. */
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly maxMessageBytes: number;
}

/** Serves the methods on a server of HTTP/2. @returns what ends it: asks clients to go, then after a moment drops them. */
export function serveGrpc(server: Http2Server, { handlers, maxMessageBytes }: GrpcOptions): (graceMs: number) => void {
  const sessions = new Set<Http2Session>();
  server.on('session', (session: Http2Session) => {
    sessions.add(session);
    session.setLocalWindowSize(connectionWindowBytes);
    session.on('close', () => sessions.delete(session));
    // The connection is gone, and its streams have been told.
    session.on('error', () => undefined);
  });
  server.on('stream', (stream: ServerHttp2Stream, head: IncomingHttpHeaders) => {
    stream.on('error', () => undefined);
    const refusal = refuse(head);
    if (refusal !== undefined) return void stream.respond({ ':status': refusal }, { endStream: true });
    const handler = handlers.get(head[':path'] ?? '');
    if (handler === undefined) return fail(stream, unknownMethod(head[':path'] ?? ''));
    startDeadline(stream, head['grpc-timeout']);
    handler(stream, { maxMessageBytes });
  });
  return (graceMs) => {
    for (const session of sessions) session.close();
    setTimeout(() => {
      for (const session of sessions) session.destroy();
    }, graceMs).unref();
  };
}

/** Room for what the client sends before it is read, on a whole connection. */
const connectionWindowBytes = 4 * 1024 * 1024;

function refuse(head: IncomingHttpHeaders): number | undefined {
  if (head[':method'] !== 'POST') return 405;
  return head['content-type']?.startsWith('application/grpc') === true ? undefined : 415;
}

function unknownMethod(path: string): GrpcError {
  const [, service, method] = path.split('/');
  return new GrpcError(Code.unimplemented, `unknown method ${method ?? ''} for service ${service ?? ''}`);
}

const unitMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

function startDeadline(stream: ServerHttp2Stream, timeout: string | string[] | undefined): void {
  const [, amount, unit] = /^(\d{1,8})([HMSmun])$/.exec(String(timeout ?? '')) ?? [];
  if (amount === undefined || unit === undefined) return;
  const delayMs = Math.min(Number(amount) * (unitMs[unit] ?? 0), 2 ** 31 - 1);
  const timer = setTimeout(
    () => fail(stream, new GrpcError(Code.deadlineExceeded, 'context deadline exceeded')),
    delayMs,
  );
  stream.on('close', () => clearTimeout(timer));
}

function sendOne(stream: ServerHttp2Stream, framed: Buffer): void {
  stream.respond(headers, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(okTrailers));
  stream.end(framed);
}

function fail(stream: ServerHttp2Stream, error: GrpcError): void {
  if (stream.closed || stream.destroyed) return;
  if (!stream.headersSent) return stream.respond({ ...headers, ...statusOf(error) }, { endStream: true });
  stream.removeAllListeners('wantTrailers');
  stream.on('wantTrailers', () => stream.sendTrailers(statusOf(error)));
  stream.end();
}

function attempt(stream: ServerHttp2Stream, work: () => void): void {
  try {
    work();
  } catch (error) {
    fail(stream, toGrpcError(error));
  }
}

/** The edge: what is no status of its own is a mistake of ours, and told as one. */
function toGrpcError(error: unknown): GrpcError {
  if (error instanceof GrpcError) return error;
  if (error instanceof WireError)
    return new GrpcError(Code.internal, `grpc: error unmarshalling request: ${error.message}`);
  return new GrpcError(Code.internal, error instanceof Error ? error.message : String(error), { cause: error });
}

function statusOf({ code, message }: GrpcError): Record<string, string> {
  const text = message.replace(/[^ -$&-~]/gu, (character) => encodeURIComponent(character));
  return { 'grpc-status': String(code), 'grpc-message': text };
}

function frame<M extends Message>(of: M, value: Encodable<M>): Buffer {
  const framed = encode(of, value, prefixBytes);
  framed[0] = 0;
  framed.writeUInt32BE(framed.length - prefixBytes, 1);
  return framed;
}
