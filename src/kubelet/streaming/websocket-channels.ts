/**
 * Kubernetes' channels over a WebSocket: each message starts with the number of its channel, as a byte, or as a digit
 * followed by base64 in the text protocols. Protocol v5 adds message 255 n: "channel n ends".
 */
import { Duplex, Readable, Writable } from 'node:stream';
import type { WebSocket } from 'ws';

const closeChannel = 255;

export interface ChannelOptions {
  readonly base64: boolean;
  /** Whether the client may end single channels. */
  readonly closable: boolean;
}

/** Channels of one connection. Incoming streams end with it. */
export class WebSocketChannels {
  readonly closed: Promise<void>;
  private readonly webSocket: WebSocket;
  private readonly options: ChannelOptions;
  private readonly incoming = new Map<number, Readable>();

  constructor(webSocket: WebSocket, options: ChannelOptions) {
    this.webSocket = webSocket;
    this.options = options;
    webSocket.on('message', (data: Buffer) => this.receive(data));
    this.closed = new Promise((resolve) => {
      webSocket.once('close', () => {
        for (const stream of this.incoming.values()) stream.push(null);
        resolve();
      });
    });
  }

  /** What the client sends on a channel. While nobody reads, the whole connection pauses. */
  readable(channel: number): Readable {
    const stream = new Readable({ read: () => this.webSocket.resume() });
    stream.on('error', () => undefined);
    this.incoming.set(channel, stream);
    return stream;
  }

  writable(channel: number): Writable {
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => this.send(channel, chunk, done),
    });
    stream.on('error', () => undefined);
    void this.closed.then(() => stream.destroy());
    return stream;
  }

  /** Both directions of one channel. */
  duplex(channel: number): Duplex {
    const stream = new Duplex({
      read: () => this.webSocket.resume(),
      write: (chunk: Buffer, _encoding, done) => this.send(channel, chunk, done),
    });
    stream.on('error', () => undefined);
    this.incoming.set(channel, stream);
    void this.closed.then(() => stream.destroy());
    return stream;
  }

  send(channel: number, chunk: Buffer, done?: (error?: Error | null) => void): void {
    if (this.options.base64) this.webSocket.send(String(channel) + chunk.toString('base64'), (error) => done?.(error));
    else this.webSocket.send(Buffer.concat([Buffer.of(channel), chunk]), { binary: true }, (error) => done?.(error));
  }

  /** Says goodbye and waits for the client's, as long as the library thinks fit. */
  async close(): Promise<void> {
    this.webSocket.close(1000);
    this.webSocket.resume();
    await this.closed;
  }

  private receive(data: Buffer): void {
    const first = data[0];
    if (first === undefined) return;
    const channel = this.options.base64 ? first - 48 : first;
    if (channel === closeChannel && this.options.closable) {
      this.incoming.get(data[1] ?? -1)?.push(null);
      return;
    }
    const stream = this.incoming.get(channel);
    if (stream === undefined || stream.readableEnded || stream.destroyed || data.length === 1) return;
    const payload = this.options.base64 ? Buffer.from(data.toString('latin1', 1), 'base64') : data.subarray(1);
    if (!stream.push(payload)) this.webSocket.pause();
  }
}
