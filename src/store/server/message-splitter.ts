/** Cuts what arrives on a gRPC stream into messages: each is a flag of one byte, a length of four, and so many bytes. */
import { Code } from '../protocol/errors.ts';
import { GrpcError } from './grpc-error.ts';

const prefixBytes = 5;
const nothing = Buffer.alloc(0);

export class MessageSplitter {
  readonly #maxBytes: number;
  readonly #message: (message: Buffer) => void;
  /** What has arrived of the next message. */
  #chunks: Buffer[] = [];
  #bytes = 0;
  #wanted = prefixBytes;

  /** @param message Called for each message; its bytes may be a view into a larger buffer. */
  constructor(maxBytes: number, message: (message: Buffer) => void) {
    this.#maxBytes = maxBytes;
    this.#message = message;
  }

  /** @throws GrpcError for a message that is too long or compressed. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#wanted) return;
    let rest = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    this.#chunks = [];
    for (;;) {
      this.#wanted = rest.length < prefixBytes ? prefixBytes : prefixBytes + this.#length(rest);
      if (rest.length < this.#wanted) break;
      const message = rest.subarray(prefixBytes, this.#wanted);
      rest = rest.length === this.#wanted ? nothing : rest.subarray(this.#wanted);
      this.#message(message);
    }
    if (rest.length > 0) this.#chunks.push(rest);
    this.#bytes = rest.length;
  }

  #length(prefix: Buffer): number {
    if (prefix[0] !== 0) throw new GrpcError(Code.unimplemented, 'grpc: compressed messages are not supported');
    const length = prefix.readUInt32BE(1);
    if (length <= this.#maxBytes) return length;
    const message = `grpc: received message larger than max (${length} vs. ${this.#maxBytes})`;
    throw new GrpcError(Code.resourceExhausted, message);
  }
}
