/**
 * The server's end of an HTTP/2 connection (RFC 9113), as far as gRPC needs it: no push, no priorities.
 *
 *   bytes ─► frames ─► headers, data ─► Http2Stream ─► listener
 *   socket ◄─ one write a turn of the event loop ◄─ head, data as the windows allow, trailers ◄─ Http2Stream
 *
 * Why not node:http2: it takes several times as long for a small call, and it refuses a request whose `:authority` is a
 * whole URL, which etcdctl 3.4 sends.
 *
 * Limits: `maxStreams` open at once, header blocks of `maxBlockBytes`, a window of `windowBytes` for what comes in; while
 * `maxUnwrittenBytes` wait for the socket nothing more is read from it.
 */
import type { Duplex } from 'node:stream';
import { HpackError, HpackReader } from './hpack.ts';
import {
  contentOf,
  defaultFrameBytes,
  defaultWindowBytes,
  ErrorCode,
  Flag,
  frameOf,
  FrameType,
  headBytes,
  maxWindowBytes,
  numberFrame,
  preface,
  Setting,
  settingsFrame,
} from './http2-frames.ts';
import type { Frame } from './http2-frames.ts';
import { Http2Stream } from './http2-stream.ts';

const maxStreams = 10_000;
const maxBlockBytes = 64 * 1024;
const windowBytes = 4 * 1024 * 1024;
const maxUnwrittenBytes = 16 * 1024 * 1024;
const nothing = Buffer.alloc(0);

/** Ends the connection: what came cannot be understood. */
class ProtocolError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export class Http2Connection {
  readonly #socket: Duplex;
  readonly #request: (stream: Http2Stream) => void;
  readonly #hpack = new HpackReader();
  readonly #streams = new Map<number, Http2Stream>();
  readonly #ready = new Set<Http2Stream>();
  #rest: Buffer = nothing;
  #hasPreface = false;
  /** A header block that goes on in the next frame. */
  #block: { readonly stream: number; readonly flags: number; readonly parts: Buffer[]; bytes: number } | undefined;
  #lastStream = 0;
  #isLeaving = false;
  #out: Buffer[] = [];
  #isFlushing = false;
  #windowBytes = defaultWindowBytes;
  #readBytes = 0;
  #peerWindowBytes = defaultWindowBytes;
  #peerFrameBytes = defaultFrameBytes;

  /** @param request Is to set the stream's listener. */
  constructor(socket: Duplex, request: (stream: Http2Stream) => void, closed: () => void) {
    this.#socket = socket;
    this.#request = request;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('drain', () => {
      socket.resume();
      this.#flushSoon();
    });
    socket.on('end', () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const stream of this.#streams.values()) stream.close();
      closed();
    });
    this.#send(settingsFrame({ maxConcurrentStreams: maxStreams, initialWindowSize: windowBytes }));
    this.#send(numberFrame(FrameType.windowUpdate, 0, windowBytes - defaultWindowBytes));
  }

  /** Takes no more streams; the connection closes when those that are open have ended. */
  leave(): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.#send(numberFrame(FrameType.goAway, 0, this.#lastStream, ErrorCode.noError));
    this.#closeIfIdle();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    try {
      let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
      this.#rest = nothing;
      if (!this.#hasPreface) {
        if (bytes.length < preface.length) return void (this.#rest = bytes);
        if (!bytes.subarray(0, preface.length).equals(preface)) throw protocolError('no preface');
        this.#hasPreface = true;
        bytes = bytes.subarray(preface.length);
      }
      let at = 0;
      while (bytes.length - at >= headBytes) {
        const length = bytes.readUIntBE(at, 3);
        if (length > defaultFrameBytes) throw new ProtocolError(ErrorCode.frameSizeError, 'the frame is too long');
        const end = at + headBytes + length;
        if (end > bytes.length) break;
        const stream = bytes.readUInt32BE(at + 5) & 0x7fffffff;
        const payload = bytes.subarray(at + headBytes, end);
        this.#take({ type: bytes[at + 3] ?? 0, flags: bytes[at + 4] ?? 0, stream, payload });
        at = end;
      }
      if (at < bytes.length) this.#rest = bytes.subarray(at);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const isTheirs = error instanceof ProtocolError || error instanceof HpackError;
    if (!isTheirs) throw error;
    const code = error instanceof ProtocolError ? error.code : ErrorCode.compressionError;
    this.#send(numberFrame(FrameType.goAway, 0, this.#lastStream, code));
    this.#flush();
    this.#socket.pause();
    this.#socket.end(() => this.#socket.destroy());
  }

  #take(frame: Frame): void {
    if (this.#block !== undefined && frame.type !== FrameType.continuation) throw protocolError('a block is cut off');
    switch (frame.type) {
      case FrameType.data:
        return this.#takeData(frame);
      case FrameType.headers:
      case FrameType.continuation:
        return this.#takeHeaders(frame);
      case FrameType.resetStream:
        return this.#streams.get(frame.stream)?.close();
      case FrameType.settings:
        return this.#takeSettings(frame);
      case FrameType.ping:
        if (frame.payload.length !== 8) throw new ProtocolError(ErrorCode.frameSizeError, 'a ping of another length');
        if ((frame.flags & Flag.ack) === 0) this.#send(frameOf(FrameType.ping, Flag.ack, 0, frame.payload));
        return undefined;
      case FrameType.windowUpdate:
        return this.#takeWindowUpdate(frame);
      case FrameType.pushPromise:
        throw protocolError('a client cannot push');
      default:
        return undefined;
    }
  }

  #takeData(frame: Frame): void {
    const content = contentOf(frame);
    if (frame.stream === 0 || frame.stream > this.#lastStream || content === undefined)
      throw protocolError('stray data');
    this.#readBytes += frame.payload.length;
    if (this.#readBytes > windowBytes) throw new ProtocolError(ErrorCode.flowControlError, 'more than the window');
    if (this.#readBytes >= windowBytes / 2) {
      this.#send(numberFrame(FrameType.windowUpdate, 0, this.#readBytes));
      this.#readBytes = 0;
    }
    const stream = this.#streams.get(frame.stream);
    if (stream === undefined || stream.hasRequest) return;
    stream.readBytes += frame.payload.length;
    const isLast = (frame.flags & Flag.endStream) !== 0;
    if (!isLast && stream.readBytes >= windowBytes / 2) {
      this.#send(numberFrame(FrameType.windowUpdate, stream.id, stream.readBytes));
      stream.readBytes = 0;
    }
    if (content.length > 0) stream.listener?.data(content);
    if (isLast) this.#endRequest(stream);
  }

  #takeHeaders(frame: Frame): void {
    const isFirst = frame.type === FrameType.headers;
    const part = isFirst ? contentOf(frame) : frame.payload;
    const block = isFirst ? { stream: frame.stream, flags: frame.flags, parts: [], bytes: 0 } : this.#block;
    if (part === undefined || block === undefined || block.stream !== frame.stream)
      throw protocolError('stray headers');
    block.parts.push(part);
    block.bytes += part.length;
    if (block.bytes > maxBlockBytes) throw new ProtocolError(ErrorCode.enhanceYourCalm, 'the headers are too long');
    const isComplete = (frame.flags & Flag.endHeaders) !== 0;
    this.#block = isComplete ? undefined : block;
    if (!isComplete) return;
    const headers = this.#hpack.read(block.parts.length === 1 ? part : Buffer.concat(block.parts));
    this.#open(block.stream, headers, (block.flags & Flag.endStream) !== 0);
  }

  #open(id: number, headers: ReadonlyMap<string, string>, isLast: boolean): void {
    const known = this.#streams.get(id);
    if (known !== undefined && isLast) return this.#endRequest(known);
    if (id % 2 === 0 || id <= this.#lastStream) throw protocolError('the stream is not new');
    this.#lastStream = id;
    if (this.#isLeaving || this.#streams.size >= maxStreams) {
      return this.#send(numberFrame(FrameType.resetStream, id, ErrorCode.refusedStream));
    }
    const owner = {
      ready: (ready: Http2Stream) => {
        this.#ready.add(ready);
        this.#flushSoon();
      },
      finished: (finished: Http2Stream) => this.#forget(finished),
    };
    const stream = new Http2Stream(id, headers, owner, this.#peerWindowBytes);
    this.#streams.set(id, stream);
    this.#request(stream);
    if (isLast) this.#endRequest(stream);
  }

  #endRequest(stream: Http2Stream): void {
    if (stream.hasRequest) return;
    stream.hasRequest = true;
    stream.listener?.end();
  }

  #forget(stream: Http2Stream): void {
    this.#streams.delete(stream.id);
    this.#ready.delete(stream);
    this.#closeIfIdle();
  }

  #closeIfIdle(): void {
    if (!this.#isLeaving || this.#streams.size > 0) return;
    this.#flush();
    this.#socket.end();
  }

  #takeSettings({ flags, payload }: Frame): void {
    if ((flags & Flag.ack) !== 0) return;
    if (payload.length % 6 !== 0) throw new ProtocolError(ErrorCode.frameSizeError, 'settings of another length');
    for (let at = 0; at < payload.length; at += 6) {
      const value = payload.readUInt32BE(at + 2);
      const setting = payload.readUInt16BE(at);
      if (setting === Setting.maxFrameSize) this.#peerFrameBytes = value;
      if (setting !== Setting.initialWindowSize) continue;
      if (value > maxWindowBytes) throw new ProtocolError(ErrorCode.flowControlError, 'a window too large');
      for (const stream of this.#streams.values()) stream.windowBytes += value - this.#peerWindowBytes;
      this.#peerWindowBytes = value;
    }
    this.#send(frameOf(FrameType.settings, Flag.ack, 0, nothing));
    this.#flushSoon();
  }

  #takeWindowUpdate({ stream: id, payload }: Frame): void {
    if (payload.length !== 4) throw new ProtocolError(ErrorCode.frameSizeError, 'a window of another length');
    const bytes = payload.readUInt32BE(0) & 0x7fffffff;
    if (id === 0) {
      this.#windowBytes += bytes;
      if (this.#windowBytes > maxWindowBytes) throw new ProtocolError(ErrorCode.flowControlError, 'a window too large');
    } else {
      const stream = this.#streams.get(id);
      if (stream !== undefined) stream.windowBytes += bytes;
    }
    this.#flushSoon();
  }

  #send(frame: Buffer): void {
    this.#out.push(frame);
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    setImmediate(() => {
      this.#isFlushing = false;
      this.#flush();
    });
  }

  /** Sends what the windows allow, a frame of each stream in turn. */
  #flush(): void {
    if (this.#socket.destroyed) return;
    let isMoving = this.#socket.writableLength <= maxUnwrittenBytes;
    while (isMoving) {
      isMoving = false;
      for (const stream of this.#ready) if (this.#sendOf(stream)) isMoving = true;
    }
    if (this.#out.length === 0) return;
    const out = this.#out;
    this.#out = [];
    this.#socket.write(out.length === 1 ? out[0] : Buffer.concat(out));
    if (this.#socket.writableLength > maxUnwrittenBytes) this.#socket.pause();
  }

  /** @returns whether it may have more to send at once. */
  #sendOf(stream: Http2Stream): boolean {
    const head = stream.takeHead();
    if (head !== undefined) this.#out.push(frameOf(FrameType.headers, Flag.endHeaders, stream.id, head));
    const room = Math.min(this.#peerFrameBytes, this.#windowBytes, stream.windowBytes);
    const data = stream.takeData(room);
    if (data !== undefined) {
      this.#windowBytes -= data.length;
      stream.windowBytes -= data.length;
      this.#out.push(frameOf(FrameType.data, 0, stream.id, data));
    }
    const trailers = stream.takeTrailers();
    if (trailers !== undefined) {
      this.#out.push(frameOf(FrameType.headers, Flag.endHeaders | Flag.endStream, stream.id, trailers));
      // A client that still sends is told that nobody listens.
      if (!stream.hasRequest) this.#out.push(numberFrame(FrameType.resetStream, stream.id, ErrorCode.noError));
      stream.close();
      return false;
    }
    if (stream.unsentBytes === 0) this.#ready.delete(stream);
    return data !== undefined && stream.unsentBytes > 0;
  }
}

function protocolError(message: string): ProtocolError {
  return new ProtocolError(ErrorCode.protocolError, message);
}
