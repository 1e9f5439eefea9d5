/**
 * A SPDY/3.1 connection over any duplex transport, for either end: streams in both directions as plain Node duplex
 * streams.
 *
 * Flow control. Each end lets a stream keep `windowBytes` that nobody has read yet. We announce that window and give it
 * back as bytes are read; a peer that announces one too (another Slipway) is served by these rules, stream by stream.
 * The peers written in Go know no windows, nor mind ours being announced. With them the connection itself pauses while
 * one of its streams is full, so memory stays bounded at `windowBytes` and one frame a stream.
 *
 *   transport ──► FrameReader ──► stream.backlog ──(read)──► consumer       backlog full: reading waits; read: WINDOW_UPDATE
 */
import { Duplex } from 'node:stream';
import { controlFrame, dataFrameHeader, flagFin, FrameReader, frameTypes, headerDeflater } from './spdy-frames.ts';
import { HeaderInflater, initialWindowSetting, resetStatus, uint32s } from './spdy-frames.ts';
import type { Frame, SpdyHeaders } from './spdy-frames.ts';

const windowBytes = 256 * 1024;
/** Longest piece of a write that becomes one data frame. */
const dataFrameBytes = 64 * 1024;
/**
 * How long to listen after closing, so that bytes still under way do not make the kernel reset the connection under the
 * peer's last reads.
 */
const lingerMs = 5000;
const streamLimit = 10_000;

export interface SpdyConnectionOptions {
  readonly role: 'client' | 'server';
  /** A stream that the peer opened. What throws refuses the stream. */
  readonly onStream?: (stream: SpdyStream) => void;
}

export class SpdyConnection {
  /** Resolves when no more frames come: the transport has ended or broke. */
  readonly closed: Promise<void>;
  private readonly transport: Duplex;
  private readonly options: SpdyConnectionOptions;
  private readonly streams = new Map<number, SpdyStream>();
  private readonly deflateHeaders = headerDeflater();
  private readonly inflater = new HeaderInflater();
  private nextStreamId: number;
  private closing = false;
  private ended = false;
  private peerLeft = false;
  /** Undefined while the peer has not announced that it keeps windows. */
  private peerWindowBytes: number | undefined;

  constructor(transport: Duplex, options: SpdyConnectionOptions) {
    this.transport = transport;
    this.options = options;
    this.nextStreamId = options.role === 'client' ? 1 : 2;
    transport.on('error', () => undefined);
    this.send(controlFrame(frameTypes.settings, 0, uint32s(1, initialWindowSetting, windowBytes)));
    this.closed = this.readFrames();
  }

  /**
   * Opens a stream and waits for the peer to accept it. `receiveOnly`: nothing will be written to it, which the opening itself tells; a FIN
   * that came later could meet a peer that has finished and left, and cost what it sent before.
   */
  open(headers: SpdyHeaders, { receiveOnly = false }: { readonly receiveOnly?: boolean } = {}): Promise<SpdyStream> {
    return new Promise((resolve, reject) => {
      if (this.closing || this.ended) return reject(new Error('Cannot open a stream: connection is closed'));
      const id = this.nextStreamId;
      this.nextStreamId += 2;
      const stream = new SpdyStream(this, id, headers, this.peerWindowBytes);
      this.streams.set(id, stream);
      if (receiveOnly) stream.endWithoutFrame();
      const refused = (): void => reject(stream.errored ?? new Error('Peer refused the stream'));
      stream.on('error', refused).once('close', refused);
      stream.once('accepted', () => {
        stream.off('error', refused).off('close', refused);
        resolve(stream);
      });
      const payload = Buffer.concat([uint32s(id, 0), Buffer.from([0, 0]), this.deflateHeaders(headers)]);
      this.send(controlFrame(frameTypes.synStream, receiveOnly ? flagFin : 0, payload));
    });
  }

  /** Says goodbye after what was written so far; streams that are still open are cut off. */
  close(): void {
    if (this.closing) return;
    this.closing = true;
    if (!this.ended) this.send(controlFrame(frameTypes.goAway, 0, uint32s(0, 0)));
    for (const stream of this.streams.values()) stream.abandon();
    this.transport.end();
    const timer = setTimeout(() => this.transport.destroy(), lingerMs);
    void this.closed.then(() => clearTimeout(timer));
  }

  /** A frame that cannot go out any more is dropped: what becomes of the streams is decided where reading ends. */
  send(bytes: Buffer, done?: () => void): void {
    const { transport } = this;
    if (this.ended || this.peerLeft || transport.writableEnded || transport.destroyed) done?.();
    else transport.write(bytes, () => done?.());
  }

  forget(streamId: number): void {
    this.streams.delete(streamId);
  }

  private async readFrames(): Promise<void> {
    const reader = new FrameReader();
    let failure: unknown;
    try {
      for await (const chunk of this.transport as AsyncIterable<Buffer>) {
        for (const frame of reader.push(chunk)) await this.handle(frame);
      }
    } catch (error) {
      failure = error;
    }
    this.ended = true;
    this.inflater.close();
    const broken = new Error('Connection ended in the middle of the stream', { cause: failure });
    const end = this.peerLeft ? undefined : broken;
    for (const stream of this.streams.values()) stream.connectionEnded(end);
    this.streams.clear();
    this.transport.destroy();
  }

  private async handle(frame: Frame): Promise<void> {
    if (frame.kind === 'data') {
      const stream = this.streams.get(frame.streamId);
      if (stream === undefined) return;
      await stream.receive(frame.payload, (frame.flags & flagFin) !== 0);
      return;
    }
    const { payload } = frame;
    switch (frame.type) {
      case frameTypes.synStream:
        return this.accept(frame.flags, payload);
      case frameTypes.synReply:
        await this.inflater.read(payload.subarray(4));
        this.streams.get(streamIdOf(payload))?.emit('accepted');
        if ((frame.flags & flagFin) !== 0) await this.streams.get(streamIdOf(payload))?.receive(Buffer.alloc(0), true);
        return;
      case frameTypes.headers:
        await this.inflater.read(payload.subarray(4));
        return;
      case frameTypes.reset:
        this.streams.get(streamIdOf(payload))?.peerReset(payload.readUInt32BE(4));
        return;
      case frameTypes.ping:
        this.answerPing(payload);
        return;
      case frameTypes.settings:
        this.readSettings(payload);
        return;
      case frameTypes.goAway:
        this.peerLeft = true;
        return;
      case frameTypes.windowUpdate:
        this.streams.get(streamIdOf(payload))?.grant(payload.readUInt32BE(4));
        return;
    }
  }

  private async accept(flags: number, payload: Buffer): Promise<void> {
    const id = streamIdOf(payload);
    const headers = await this.inflater.read(payload.subarray(10));
    const { onStream } = this.options;
    if (this.closing || onStream === undefined || this.streams.has(id) || this.streams.size >= streamLimit) {
      this.send(controlFrame(frameTypes.reset, 0, uint32s(id, resetStatus.refusedStream)));
      return;
    }
    const stream = new SpdyStream(this, id, headers, this.peerWindowBytes);
    this.streams.set(id, stream);
    try {
      onStream(stream);
    } catch {
      this.streams.delete(id);
      this.send(controlFrame(frameTypes.reset, 0, uint32s(id, resetStatus.refusedStream)));
      return;
    }
    this.send(controlFrame(frameTypes.synReply, 0, Buffer.concat([uint32s(id), this.deflateHeaders({})])));
    stream.start();
    if ((flags & flagFin) !== 0) await stream.receive(Buffer.alloc(0), true);
  }

  /** A ping whose number has the peer's parity is a question, the others are answers to ours. */
  private answerPing(payload: Buffer): void {
    const fromClient = payload.readUInt32BE(0) % 2 === 1;
    if (fromClient === (this.options.role === 'server')) this.send(controlFrame(frameTypes.ping, 0, payload));
  }

  private readSettings(payload: Buffer): void {
    for (let i = 0; i < payload.readUInt32BE(0); i++) {
      const id = payload.readUInt32BE(4 + i * 8) & 0xff_ffff;
      if (id !== initialWindowSetting) continue;
      this.peerWindowBytes = payload.readUInt32BE(8 + i * 8);
      for (const stream of this.streams.values()) stream.setPeerWindow(this.peerWindowBytes);
    }
  }
}

function streamIdOf(payload: Buffer): number {
  return payload.readUInt32BE(0) & 0x7fff_ffff;
}

interface PendingWrite {
  readonly chunk: Buffer;
  /** Set when this is the end of the stream. */
  readonly fin: boolean;
  readonly done: (error?: Error | null) => void;
}

/** One stream of a connection. Ending it sends FIN; destroying it before both sides have ended resets it. */
export class SpdyStream extends Duplex {
  readonly id: number;
  /** What the opener said, names in lower case. */
  readonly headers: SpdyHeaders;
  private readonly connection: SpdyConnection;
  private readonly backlog: Buffer[] = [];
  private backlogBytes = 0;
  private wanted = false;
  private received = false;
  private consumedBytes = 0;
  private roomMade: (() => void) | undefined;
  private peerWindow: number | undefined;
  private sentBytes = 0;
  private grantedBytes = 0;
  private pending: PendingWrite | undefined;
  private gone = false;
  private finAnnounced = false;
  /** Data must not overtake the answer that accepts the peer's stream. */
  private started: boolean;

  constructor(connection: SpdyConnection, id: number, headers: SpdyHeaders, peerWindow: number | undefined) {
    super({ allowHalfOpen: true, autoDestroy: true });
    this.connection = connection;
    this.id = id;
    this.headers = headers;
    this.peerWindow = peerWindow;
    this.started = false;
    this.once('accepted', () => this.start());
  }

  /** The peer was told by other means that nothing will be written. */
  endWithoutFrame(): void {
    this.finAnnounced = true;
    this.end();
  }

  /** Lets what was written go out, now that the stream is accepted. */
  start(): void {
    this.started = true;
    this.flush();
  }

  /** Takes bytes from the peer; resolves when the connection may read on. */
  async receive(payload: Buffer, fin: boolean): Promise<void> {
    if (this.received || this.destroyed) return;
    if (payload.length > 0) {
      this.backlog.push(payload);
      this.backlogBytes += payload.length;
    }
    if (fin) this.received = true;
    if (this.wanted || fin) this.drain();
    if (this.backlogBytes <= windowBytes || this.destroyed) return;
    await new Promise<void>((resolve) => {
      this.roomMade = resolve;
    });
  }

  grant(bytes: number): void {
    this.grantedBytes += bytes;
    this.flush();
  }

  setPeerWindow(bytes: number): void {
    this.peerWindow = bytes;
    this.flush();
  }

  /**
   * The peers written in Go end a session by resetting its streams, so a cancelled stream has come to its end, not to
   * grief.
   */
  peerReset(status: number): void {
    this.gone = true;
    if (status === resetStatus.cancel) this.endAfterRead();
    else this.destroy(new Error(`Peer reset the stream with status ${status}`));
  }

  connectionEnded(failure: Error | undefined): void {
    this.gone = true;
    if (failure === undefined || this.received) this.endAfterRead();
    else this.destroy(failure);
  }

  /** The connection is being closed from this end: no reset is needed, the goodbye says it all. */
  abandon(): void {
    this.gone = true;
    this.destroy();
  }

  override _read(): void {
    this.wanted = true;
    this.drain();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.pending = { chunk, fin: false, done };
    this.flush();
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.finAnnounced) return done();
    this.pending = { chunk: Buffer.alloc(0), fin: true, done };
    this.flush();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const finished = this.received && this.writableFinished;
    if (!finished && !this.gone) {
      const status = error === null ? resetStatus.cancel : resetStatus.internalError;
      this.connection.send(controlFrame(frameTypes.reset, 0, uint32s(this.id, status)));
    }
    this.connection.forget(this.id);
    this.backlog.length = 0;
    this.makeRoom();
    const { pending } = this;
    this.pending = undefined;
    pending?.done(error ?? new Error('Stream is closed'));
    done(error);
  }

  private drain(): void {
    while (this.wanted) {
      const chunk = this.backlog.shift();
      if (chunk === undefined) break;
      this.backlogBytes -= chunk.length;
      this.consumedBytes += chunk.length;
      this.wanted = this.push(chunk);
    }
    if (this.received && this.backlog.length === 0) this.push(null);
    this.returnWindow();
    if (this.backlogBytes <= windowBytes) this.makeRoom();
  }

  /**
   * Only to a peer that keeps windows: bytes sent to one that has closed make the kernel throw away what it sent
   * before.
   */
  private returnWindow(): void {
    if (this.consumedBytes < windowBytes / 2 || this.received || this.peerWindow === undefined) return;
    this.connection.send(controlFrame(frameTypes.windowUpdate, 0, uint32s(this.id, this.consumedBytes)));
    this.consumedBytes = 0;
  }

  private makeRoom(): void {
    const { roomMade } = this;
    this.roomMade = undefined;
    roomMade?.();
  }

  /** Sends as much of the write under way as the peer's window takes. */
  private flush(): void {
    const { pending } = this;
    if (pending === undefined || !this.started) return;
    if (pending.chunk.length === 0) {
      this.pending = undefined;
      this.connection.send(dataFrameHeader(this.id, pending.fin ? flagFin : 0, 0), pending.done);
      return;
    }
    const length = Math.min(pending.chunk.length, dataFrameBytes, this.windowLeft());
    if (length <= 0) return;
    const piece = pending.chunk.subarray(0, length);
    const rest = pending.chunk.subarray(length);
    this.sentBytes += length;
    this.pending = undefined;
    const frame = Buffer.concat([dataFrameHeader(this.id, 0, length), piece]);
    this.connection.send(frame, () => {
      if (rest.length === 0) return pending.done();
      if (this.destroyed) return pending.done(new Error('Stream is closed'));
      this.pending = { ...pending, chunk: rest };
      this.flush();
    });
  }

  private windowLeft(): number {
    if (this.peerWindow === undefined) return Infinity;
    return this.peerWindow + this.grantedBytes - this.sentBytes;
  }

  private endAfterRead(): void {
    this.received = true;
    this.drain();
    if (this.readableEnded) this.destroy();
    else this.once('end', () => this.destroy());
  }
}
