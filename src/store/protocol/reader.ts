/** Reads protobuf. What a message holds is checked against its end: a length that points beyond it is a `WireError`. */

/** The bytes are no protobuf message of the kind that was expected. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

export class Reader {
  readonly #bytes: Buffer;
  #at: number;
  #end: number;
  /** The length that was read last. */
  #taken = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#at = 0;
    this.#end = bytes.length;
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  /** Enters a message inside this one. @returns where the outer one ends, for `leave`. */
  enter(): number {
    const outerEnd = this.#end;
    this.#end = this.#take();
    return outerEnd;
  }

  leave(outerEnd: number): void {
    this.#at = this.#end;
    this.#end = outerEnd;
  }

  /** A signed 64-bit integer as the nearest number: exact up to 2^53. */
  varint(): number {
    const bytes = this.#bytes;
    let value = 0;
    let factor = 1;
    for (let at = this.#at; at < this.#end; factor *= 128) {
      const byte = bytes[at++] ?? 0;
      // The tenth byte holds the sign.
      if (factor > 2 ** 62) return Number(this.varint64());
      value += (byte & 0x7f) * factor;
      if (byte > 127) continue;
      this.#at = at;
      return value;
    }
    throw new WireError('Cannot read an integer: the message ends within it');
  }

  /** A signed 64-bit integer. */
  varint64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n && this.#at < this.#end; shift += 7n) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
    throw new WireError('Cannot read an integer: it does not end');
  }

  /** A view into the message. */
  bytes(): Buffer {
    const end = this.#take();
    this.#at = end;
    return this.#bytes.subarray(end - this.#taken, end);
  }

  /** Bytes as a string with one character each. */
  byteString(): string {
    const end = this.#take();
    this.#at = end;
    return this.#bytes.toString('latin1', end - this.#taken, end);
  }

  text(): string {
    const end = this.#take();
    this.#at = end;
    return this.#bytes.toString('utf8', end - this.#taken, end);
  }

  /** Steps over a field that nobody asked for. */
  skip(wireType: number): void {
    if (wireType === 0) this.varint64();
    else if (wireType === 1) this.#at += 8;
    else if (wireType === 2) this.#at = this.#take();
    else if (wireType === 5) this.#at += 4;
    else throw new WireError(`Cannot read a field of wire type ${wireType}`);
    if (this.#at > this.#end) throw new WireError('Cannot read a field: the message ends within it');
  }

  /** Reads a length. @returns where what has that length ends. */
  #take(): number {
    this.#taken = this.varint();
    const end = this.#at + this.#taken;
    if (this.#taken < 0 || end > this.#end) throw new WireError('Cannot read a field: the message ends within it');
    return end;
  }
}
