/**
 * A connection of HTTP/1.1 that carries plain requests, one after the other, without node:http: reading one and sending
 * a whole answer cost a third of what they cost there.
 *
 *   bytes ─▶ readPlainHead ──a plain request──▶ serve ──a whole answer──▶ one write
 *                 │                               └──────bit by bit─────▶ a ServerResponse of Node's on this socket
 *                 └──anything else──▶ leave: the unread bytes and the socket go to node:http for good
 *
 * Limits: bodies of `maxBodyBytes` (longer ones are node:http's); a client that sends ahead is not read meanwhile; a
 * connection on which nothing happens between requests ends after `idleMs`.
 */
import { ServerResponse, STATUS_CODES, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { RequestBody } from '../request.ts';
import { joinPieces, type Piece } from './body-writer.ts';
import type { Bursts } from './bursts.ts';
import type { Outgoing } from './flush-headers.ts';
import type { HeaderFacts } from './header-facts.ts';
import type { Outlet } from './outlet.ts';
import { maxBodyBytes } from './read-body.ts';
import { readPlainHead, type PlainFields, type PlainHead, type RequestHead } from './request-head.ts';

const idleMs = 180_000;
const none: RequestBody = { type: 'none' };

export interface PlainServing {
  /** Calls `ended` once, when the answer is sent or the client has gone. */
  serve(request: PlainRequest, outlet: PlainOutlet): void;
  /** Takes over a connection on which something else was asked; what was not yet read can be read from the socket. */
  leave(socket: TLSSocket): void;
  /** Whole answers and ends of connections wait here. */
  readonly bursts: Bursts;
  now(): number;
}

/** A request as `IncomingMessage` has it, as far as anybody looks. */
export class PlainRequest implements RequestHead {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly facts: HeaderFacts;
  readonly socket: TLSSocket;
  /** Rejects when the client goes before it has sent all. */
  readonly body: RequestBody | Promise<RequestBody>;

  constructor({ method, url, fields }: PlainHead, socket: TLSSocket, body: RequestBody | Promise<RequestBody>) {
    this.method = method;
    this.url = url;
    this.headers = fields.headers;
    this.facts = fields.facts;
    this.socket = socket;
    this.body = body;
  }

  get rawHeaders(): readonly string[] {
    return Object.entries(this.headers).flatMap(([name, value]) => [name, String(value)]);
  }
}

/** The body that is being received. */
interface Receiving {
  readonly bytes: Buffer;
  filled: number;
  readonly done: (body: RequestBody) => void;
  readonly failed: (error: Error) => void;
}

export class PlainConnection {
  readonly socket: TLSSocket;
  readonly serving: PlainServing;
  #fields: PlainFields | undefined;
  #answering: PlainOutlet | undefined;
  #receiving: Receiving | undefined;
  /** What came while a request was being answered. */
  #ahead: Buffer | undefined;

  constructor(socket: TLSSocket, serving: PlainServing) {
    this.socket = socket;
    this.serving = serving;
  }

  /** Once. */
  begin(): void {
    const { socket } = this;
    socket.setNoDelay(true);
    socket.setTimeout(idleMs);
    socket.on('data', this.#read);
    socket.on('timeout', this.#idle);
    socket.on('close', this.#closed);
  }

  readonly #read = (chunk: Buffer): void => {
    if (this.#receiving !== undefined) return this.#receive(this.#receiving, chunk);
    if (this.#answering !== undefined || this.#ahead !== undefined) {
      this.#ahead = this.#ahead === undefined ? chunk : Buffer.concat([this.#ahead, chunk]);
      this.socket.pause();
      return;
    }
    const head = readPlainHead(chunk, this.#fields);
    if (head === undefined || head.fields.contentLength > maxBodyBytes) return this.#leave(chunk);
    this.#fields = head.fields;
    const answering = new PlainOutlet(this, head);
    this.#answering = answering;
    this.serving.serve(new PlainRequest(head, this.socket, this.#bodyOf(head, chunk)), answering);
  };

  #bodyOf({ length, fields: { contentLength } }: PlainHead, chunk: Buffer): RequestBody | Promise<RequestBody> {
    const end = length + contentLength;
    if (chunk.length > end) this.#ahead = chunk.subarray(end);
    if (contentLength === 0) return none;
    if (chunk.length >= end) return { type: 'bytes', bytes: chunk.subarray(length, end) };
    const { promise, resolve, reject } = Promise.withResolvers<RequestBody>();
    // Who refuses the request by its head alone never looks at it.
    promise.catch(() => undefined);
    const bytes = Buffer.allocUnsafeSlow(contentLength);
    this.#receiving = { bytes, filled: chunk.copy(bytes, 0, length), done: resolve, failed: reject };
    return promise;
  }

  #receive(receiving: Receiving, chunk: Buffer): void {
    const copied = chunk.copy(receiving.bytes, receiving.filled);
    receiving.filled += copied;
    if (receiving.filled < receiving.bytes.length) return;
    this.#receiving = undefined;
    if (copied < chunk.length) this.#ahead = chunk.subarray(copied);
    receiving.done({ type: 'bytes', bytes: receiving.bytes });
  }

  /** For the outlet alone: its answer is on its way, and the next request may come. `last`: none is to come. */
  answered(outlet: PlainOutlet, last: boolean): void {
    if (this.#answering !== outlet) return;
    this.#answering = undefined;
    // An answer before the whole request has come: what follows of it would be taken for the next.
    if (last || this.#receiving !== undefined) {
      this.#receiving?.failed(new Error('The request was answered before all of it had come'));
      this.#receiving = undefined;
      return void this.serving.bursts.add(() => this.socket.end());
    }
    // Not from within the answer: a client that sends a thousand requests ahead would nest them.
    if (this.#ahead !== undefined) setImmediate(() => this.#readAhead());
  }

  #readAhead(): void {
    const ahead = this.#ahead;
    if (ahead === undefined || this.socket.destroyed) return;
    this.#ahead = undefined;
    this.#read(ahead);
    if (this.#ahead === undefined) this.socket.resume();
  }

  #leave(unread: Buffer): void {
    const { socket } = this;
    socket.off('data', this.#read);
    socket.off('timeout', this.#idle);
    socket.off('close', this.#closed);
    socket.setTimeout(0);
    this.serving.leave(socket);
    socket.unshift(unread);
    socket.resume();
  }

  readonly #idle = (): void => {
    if (this.#answering === undefined) this.socket.destroy();
  };

  readonly #closed = (): void => {
    this.#receiving?.failed(new Error('The client went before it had sent its request'));
    this.#receiving = undefined;
    this.#answering?.gone();
    this.#answering = undefined;
  };
}

export class PlainOutlet implements Outlet {
  readonly #connection: PlainConnection;
  readonly #headOnly: boolean;
  /** Set with `setHeader`: names and values as they go out. */
  #headers: (readonly [string, string | readonly string[]])[] = [];
  #response: ServerResponse | undefined;
  #sent = false;
  #over = false;
  /** Called once, when the answer is sent or the client has gone. */
  ended: () => void = () => undefined;
  /** Whether the connection ends with this answer. */
  last: boolean;

  constructor(connection: PlainConnection, { method, fields }: PlainHead) {
    this.#connection = connection;
    this.#headOnly = method === 'HEAD';
    this.last = fields.last;
  }

  get begun(): boolean {
    return this.#sent || this.#response?.headersSent === true;
  }

  setHeader(name: string, value: string | readonly string[]): void {
    if (this.#response !== undefined) this.#response.setHeader(name, value);
    else this.#headers.push([name, value]);
  }

  whole(
    status: number,
    headers: Readonly<Record<string, string | number>>,
    pieces: readonly Piece[],
    length: number,
  ): void {
    const { socket, serving } = this.#connection;
    let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
    for (const [name, value] of this.#headers) {
      if (typeof value === 'string') text += `${name}: ${value}\r\n`;
      else for (const one of value) text += `${name}: ${one}\r\n`;
    }
    for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
    text += `date: ${httpDate(serving.now())}\r\n${this.last ? 'connection: close\r\n\r\n' : '\r\n'}`;
    this.#sent = true;
    if (length > maxTextBytes && pieces.length > 0) {
      const bytes = Buffer.concat([Buffer.from(text, 'latin1'), joinPieces(pieces, length)]);
      serving.bursts.add(() => socket.write(bytes));
    } else {
      if (pieces.length > 0) text += joinPieces(pieces, length).toString('latin1');
      serving.bursts.add(() => socket.write(text, 'latin1'));
    }
    this.#end();
  }

  stream(): Outgoing {
    if (this.#response !== undefined) return this.#response;
    const { socket } = this.#connection;
    const method = this.#headOnly ? 'HEAD' : 'GET';
    const response = new ServerResponse({ method, httpVersionMajor: 1, httpVersionMinor: 1 } as IncomingMessage);
    response.shouldKeepAlive = !this.last;
    for (const [name, value] of this.#headers) response.setHeader(name, value);
    const drained = (): void => void response.emit('drain');
    socket.on('drain', drained);
    response.assignSocket(socket);
    response.on('finish', () => {
      socket.off('drain', drained);
      response.detachSocket(socket);
      response.emit('close');
      this.#end();
    });
    this.#response = response;
    return response;
  }

  destroy(): void {
    this.#connection.socket.destroy();
  }

  /** For the connection alone: the client hung up. */
  gone(): void {
    if (this.#over) return;
    this.#over = true;
    this.ended();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.ended();
    this.#connection.answered(this, this.last);
  }
}

/** What is as small goes out in one buffer with its headers. */
const maxTextBytes = 16 * 1024;

let dateSecond = 0;
let dateText = '';

function httpDate(nowMs: number): string {
  const second = Math.floor(nowMs / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(nowMs).toUTCString();
  }
  return dateText;
}
