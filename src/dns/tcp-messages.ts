/** DNS over TCP: each message after its length in two bytes. RFC 7766. */

export function tcpFrame(message: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(message.length + 2);
  frame.writeUInt16BE(message.length, 0);
  message.copy(frame, 2);
  return frame;
}

/** Cuts what arrives into messages. Holds at most one that is not yet whole: 64 KB. */
export class TcpMessages {
  readonly #onMessage: (message: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(onMessage: (message: Buffer) => void) {
    this.#onMessage = onMessage;
  }

  /** Chunks of a socket without an encoding are never text. */
  push(chunk: Buffer | string): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk;
    let data = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (data.length >= 2) {
      const length = data.readUInt16BE(0);
      if (data.length < length + 2) break;
      this.#onMessage(data.subarray(2, length + 2));
      data = data.subarray(length + 2);
    }
    this.#rest = data;
  }
}
