/**
 * gRPC's server side: messages framed by five bytes, a status in the trailers, deadlines
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
 *
 * Just what a server of a few known methods needs, and so half the work per call of a general library: no metadata, no
 * interceptors, no compression (a compressed message is refused, as the protocol provides).
 *
 * Limits: `maxMessageBytes` a message received; `maxUnsentBytes` waiting on a stream of answers, beyond which `overflows`
 * tells the owner of the stream to end it.
 */
import { Code } from '../protocol/errors.ts';
import { WireError } from '../protocol/reader.ts';
import { decodeMessage, encodeMessage } from '../protocol/schema.ts';
import type { Decoded, Encodable, Message } from '../protocol/schema.ts';
import type { Method } from '../protocol/services.ts';
import { GrpcError } from './grpc-error.ts';
import { encodeHeaders } from './hpack.ts';
import type { Http2Stream } from './http2-stream.ts';
import { MessageSplitter } from './message-splitter.ts';
import type { AnswerPlainly } from './plain-answers.ts';

const prefixBytes = 5;
const maxUnsentBytes = 64 * 1024 * 1024;
const headers = { ':status': '200', 'content-type': 'application/grpc' };
const headersBlock = encodeHeaders(headers);
const okBlock = encodeHeaders({ 'grpc-status': '0' });

/** One call with streams of messages. Everything is silent once it has ended. */
export interface StreamCall<Request, Response> {
  /** `ended`: the client has sent its last message. `closed`: the call is over, whoever ended it. */
  listen(listener: { message?(request: Request): void; ended?(): void; closed(): void }): void;
  send(response: Response): void;
  /** Whether so much waits to be read by the client that no more should be sent. */
  readonly overflows: boolean;
  /** Bytes that wait for the client to read. */
  readonly unsentBytes: number;
  /** Ends the call, with OK unless an error is given. */
  end(error?: GrpcError): void;
}

/** Serves one call. @returns what it does with the call's bytes. */
export type Handler = (stream: Http2Stream) => Receiver;
interface Receiver {
  message(message: Buffer): void;
  ended(): void;
  closed(): void;
}

export function unary<Request extends Message, Response extends Message>(
  { request, response }: Method<Request, Response>,
  handle: (request: Decoded<Request>, size: number) => Promise<Encodable<Response>> | Encodable<Response>,
): Handler {
  return (stream) => {
    const answer = async (message: Buffer): Promise<void> => {
      try {
        const framed = frame(response, await handle(decodeMessage(request, message), message.length));
        stream.respond(headersBlock);
        stream.write(framed);
        stream.end(okBlock);
      } catch (error) {
        fail(stream, toGrpcError(error));
      }
    };
    let received: Buffer | undefined;
    return {
      message: (message) => (received ??= message),
      ended() {
        if (received !== undefined) void answer(received);
        else fail(stream, new GrpcError(Code.internal, 'The request ended before its message'));
      },
      closed: () => undefined,
    };
  };
}

export function streaming<Request extends Message, Response extends Message>(
  { request, response }: Method<Request, Response>,
  handle: (call: StreamCall<Decoded<Request>, Encodable<Response>>) => void,
): Handler {
  return (stream) => {
    stream.respond(headersBlock);
    let listener: Parameters<StreamCall<Decoded<Request>, unknown>['listen']>[0] | undefined;
    handle({
      listen(wanted) {
        listener = wanted;
      },
      send: (value) => stream.write(frame(response, value)),
      get overflows() {
        return stream.unsentBytes > maxUnsentBytes;
      },
      get unsentBytes() {
        return stream.unsentBytes;
      },
      end(error) {
        if (error === undefined) stream.end(okBlock);
        else fail(stream, error);
      },
    });
    return {
      message: (message) => listener?.message?.(decodeMessage(request, message)),
      ended: () => listener?.ended?.(),
      closed: () => listener?.closed(),
    };
  };
}

export interface GrpcOptions {
  /** By path, such as `/etcdserverpb.KV/Range`. */
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly maxMessageBytes: number;
  /** What a GET is answered, which is no call. */
  readonly answer: AnswerPlainly;
}

/** Serves one call of a connection. */
export function serveCall({ handlers, maxMessageBytes, answer }: GrpcOptions, stream: Http2Stream): void {
  if (stream.headers.get(':method') === 'GET') {
    void sendPlain(stream, answer);
    return;
  }
  const refusal = refuse(stream.headers);
  if (refusal !== undefined) return stream.end(encodeHeaders({ ':status': refusal }));
  const path = stream.headers.get(':path') ?? '';
  const handler = handlers.get(path);
  if (handler === undefined) return fail(stream, unknownMethod(path));
  const cancelDeadline = startDeadline(stream, stream.headers.get('grpc-timeout'));
  const receiver = handler(stream);
  const splitter = new MessageSplitter(maxMessageBytes, (message) => receiver.message(message));
  stream.listener = {
    data: (chunk) => attempt(stream, () => splitter.push(chunk)),
    end: () => attempt(stream, () => receiver.ended()),
    closed() {
      cancelDeadline();
      receiver.closed();
    },
  };
}

function refuse(head: ReadonlyMap<string, string>): string | undefined {
  if (head.get(':method') !== 'POST') return '405';
  return head.get('content-type')?.startsWith('application/grpc') === true ? undefined : '415';
}

async function sendPlain(stream: Http2Stream, answer: AnswerPlainly): Promise<void> {
  const { status, type, body } = await answer(stream.headers.get(':path') ?? '');
  stream.respond(encodeHeaders({ ':status': String(status), 'content-type': type }));
  stream.write(Buffer.from(body));
  stream.end(encodeHeaders({}));
}

function unknownMethod(path: string): GrpcError {
  const [, service, method] = path.split('/');
  return new GrpcError(Code.unimplemented, `unknown method ${method ?? ''} for service ${service ?? ''}`);
}

const unitMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** @returns what calls it off. */
function startDeadline(stream: Http2Stream, timeout: string | undefined): () => void {
  const [, amount, unit] = /^(\d{1,8})([HMSmun])$/.exec(timeout ?? '') ?? [];
  if (amount === undefined || unit === undefined) return () => undefined;
  const delayMs = Math.min(Number(amount) * (unitMs[unit] ?? 0), 2 ** 31 - 1);
  const expire = (): void => fail(stream, new GrpcError(Code.deadlineExceeded, 'context deadline exceeded'));
  const timer = setTimeout(expire, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
}

function fail(stream: Http2Stream, error: GrpcError): void {
  const status = statusOf(error);
  stream.end(encodeHeaders(stream.hasHead ? status : { ...headers, ...status }));
}

function attempt(stream: Http2Stream, work: () => void): void {
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
  const framed = encodeMessage(of, value, prefixBytes);
  framed[0] = 0;
  framed.writeUInt32BE(framed.length - prefixBytes, 1);
  return framed;
}
