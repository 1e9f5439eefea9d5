/**
 * Requests over HTTP/2: streams on few sessions.
 *
 * A session takes as many streams as the server allows; watches fill it up, and then another is opened. A session that
 * is told to go away (GOAWAY) takes no new streams and ends with its last one. While streams are open the peer is
 * pinged, so that a connection that died silently is noticed within a minute; idle sessions do not keep the process
 * alive.
 */
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import type { Transport, TransportRequest, TransportResponse } from './transport.ts';

const pingEveryMs = 30_000;
const pingTimeoutMs = 15_000;
/** How much one answer may be ahead of its reader, and all answers of a session together. */
const streamWindowBytes = 4 * 2 ** 20;
const sessionWindowBytes = 2 ** 30;
const attempts = 3;

interface PooledSession {
  readonly session: ClientHttp2Session;
  streams: number;
  cancelPing: () => void;
}

export class Http2Transport implements Transport {
  readonly #server: URL;
  readonly #dial: () => Promise<TLSSocket>;
  readonly #clock: Clock;
  readonly #sessions = new Set<PooledSession>();
  #opening: Promise<void> | undefined;
  #closed = false;

  constructor(server: URL, dial: () => Promise<TLSSocket>, clock: Clock) {
    this.#server = server;
    this.#dial = dial;
    this.#clock = clock;
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    for (let attempt = 1; ; attempt++) {
      request.signal.throwIfAborted();
      const pooled = await this.#take();
      try {
        return await this.#sendOn(pooled, request);
      } catch (error) {
        if (attempt === attempts || request.signal.aborted || !mayRepeat(request.method, error)) throw error;
      }
    }
  }

  close(): void {
    this.#closed = true;
    for (const { session } of this.#sessions) session.destroy();
  }

  /** A session with a stream reserved on it. */
  async #take(): Promise<PooledSession> {
    for (;;) {
      if (this.#closed) throw new Error('Cannot send: the client is closed');
      for (const pooled of this.#sessions) {
        if (pooled.streams >= (pooled.session.remoteSettings.maxConcurrentStreams ?? Infinity)) continue;
        if (++pooled.streams === 1) this.#wake(pooled);
        return pooled;
      }
      this.#opening ??= this.#open().finally(() => {
        this.#opening = undefined;
      });
      await this.#opening;
    }
  }

  async #open(): Promise<void> {
    const socket = await this.#dial();
    const session = connect(this.#server.origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: streamWindowBytes },
      maxSessionMemory: 1000,
    });
    const pooled: PooledSession = { session, streams: 0, cancelPing: () => undefined };
    const drop = (): void => void this.#sessions.delete(pooled);
    session.on('goaway', drop);
    session.on('close', () => {
      pooled.cancelPing();
      drop();
    });
    // Before its settings have come it is unknown how many streams the server takes.
    await new Promise<void>((resolve, reject) => {
      session.once('remoteSettings', () => resolve());
      session.on('error', reject);
      session.once('close', () => reject(new Error('The server closed the connection')));
    });
    session.setLocalWindowSize(sessionWindowBytes);
    session.unref();
    if (this.#closed) session.destroy();
    else if (!session.closed) this.#sessions.add(pooled);
  }

  #sendOn(pooled: PooledSession, request: TransportRequest): Promise<TransportResponse> {
    const { method, path, body, signal } = request;
    const headers = { ...request.headers, ':method': method, ':path': path };
    return new Promise((resolve, reject) => {
      let stream: ClientHttp2Stream;
      try {
        stream = pooled.session.request(headers, { endStream: body === undefined, signal });
      } catch (error) {
        this.#release(pooled);
        reject(error);
        return;
      }
      stream.once('close', () => {
        this.#release(pooled);
        // After an answer or an error this changes nothing.
        reject(new StreamEnded(stream.rstCode));
      });
      stream.on('error', (error) => reject(stream.rstCode === refused ? new StreamEnded(refused) : error));
      stream.once('response', (incoming) => {
        const answered: Record<string, string | undefined> = {};
        for (const [name, value] of Object.entries(incoming)) {
          if (!name.startsWith(':')) answered[name] = Array.isArray(value) ? value.join(', ') : String(value);
        }
        resolve({ status: incoming[':status'] ?? 0, headers: answered, body: stream });
      });
      if (body !== undefined) stream.end(body);
    });
  }

  #wake(pooled: PooledSession): void {
    if (pooled.session.destroyed) return;
    pooled.session.ref();
    this.#pingLater(pooled);
  }

  #release(pooled: PooledSession): void {
    if (--pooled.streams > 0) return;
    pooled.cancelPing();
    if (!pooled.session.destroyed) pooled.session.unref();
  }

  #pingLater(pooled: PooledSession): void {
    const { session } = pooled;
    pooled.cancelPing();
    pooled.cancelPing = this.#clock.after(pingEveryMs, () => {
      if (session.destroyed || session.closed) return;
      pooled.cancelPing = this.#clock.after(pingTimeoutMs, () =>
        session.destroy(new Error(`The server did not answer a ping within ${pingTimeoutMs} ms`)),
      );
      session.ping((error) => {
        if (error === null && pooled.streams > 0) this.#pingLater(pooled);
      });
    });
  }
}

const refused = constants.NGHTTP2_REFUSED_STREAM;

/** The stream ended before an answer came. */
class StreamEnded extends Error {
  readonly resetCode: number | undefined;

  constructor(resetCode: number | undefined) {
    super('The server ended the request before answering');
    this.resetCode = resetCode;
  }
}

const neverSent = new Set(['ERR_HTTP2_GOAWAY_SESSION', 'ERR_HTTP2_INVALID_SESSION', 'ERR_HTTP2_OUT_OF_STREAMS']);
const connectionLost = new Set(['ECONNRESET', 'EPIPE', 'ERR_HTTP2_SESSION_ERROR', 'ERR_HTTP2_STREAM_CANCEL']);

/** What was never taken up may be sent again; what was lost on the way only when asking twice does no harm. */
function mayRepeat(method: string, error: unknown): boolean {
  if (error instanceof StreamEnded) return error.resetCode === refused || method === 'GET';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return neverSent.has(code) || (method === 'GET' && connectionLost.has(code));
}
