/**
 * Protobuf from its end to its beginning. The length of a message stands before it, so whoever writes forward must
 * measure everything first; backwards, a length is what was just written.
 *
 *   ┌──────────── free ────────────┬─ tag ─ length ─ content ─┬─ what follows, written before ─┐
 *   0                              at                                                        end
 *
 * One block is used again and again; `take` copies what was written out of it. A block that grew beyond `maxKeptBytes`
 * is let go after use.
 */
const firstBytes = 64 * 1024;
const maxKeptBytes = 4 * 1024 * 1024;
/** Up to here a loop over the characters is faster than two calls into the engine. */
const shortText = 48;

export class BackwardWriter {
  #block = Buffer.allocUnsafeSlow(firstBytes);
  #at = firstBytes;

  /** Bytes written so far. */
  get length(): number {
    return this.#block.length - this.#at;
  }

  /** What was written; the writer is empty again. */
  take(): Buffer {
    const written = Buffer.from(this.#block.subarray(this.#at));
    this.clear();
    return written;
  }

  /** Forgets what was written. */
  clear(): void {
    if (this.#block.length > maxKeptBytes) this.#block = Buffer.allocUnsafeSlow(firstBytes);
    this.#at = this.#block.length;
  }

  byte(value: number): void {
    if (this.#at === 0) this.#grow(1);
    this.#block[--this.#at] = value;
  }

  /** A whole number from 0 to 2^53. */
  varint(value: number): void {
    if (value < 0x80) return this.byte(value);
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
    let at = this.#claim(size);
    let rest = value;
    while (rest >= 0x80) {
      this.#block[at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#block[at] = rest;
  }

  /** Any whole number; negative ones take ten bytes. */
  int64(value: number): void {
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) return this.varint(value);
    let rest = BigInt.asUintN(64, BigInt(value));
    const digits: number[] = [];
    for (; rest >= 0x80n; rest >>= 7n) digits.push(Number(rest & 0x7fn) | 0x80);
    digits.push(Number(rest));
    const at = this.#claim(digits.length);
    for (let i = 0; i < digits.length; i++) this.#block[at + i] = digits[i] as number;
  }

  double(value: number): void {
    const at = this.#claim(8);
    this.#block.writeDoubleLE(value, at);
  }

  /** UTF-8, without its length. */
  text(value: string): void {
    const { length } = value;
    if (length <= shortText) {
      const at = this.#claim(length);
      let i = 0;
      for (; i < length; i++) {
        const code = value.charCodeAt(i);
        if (code >= 0x80) break;
        this.#block[at + i] = code;
      }
      if (i === length) return;
      this.#at = at + length;
    }
    const at = this.#claim(Buffer.byteLength(value));
    this.#block.write(value, at);
  }

  bytes(value: Uint8Array): void {
    const at = this.#claim(value.length);
    this.#block.set(value, at);
  }

  /** Room for as many bytes before all others; where it begins. */
  #claim(size: number): number {
    if (this.#at < size) this.#grow(size);
    return (this.#at -= size);
  }

  #grow(size: number): void {
    const { length } = this;
    const bigger = Buffer.allocUnsafeSlow(Math.max(2 * this.#block.length, 2 * (length + size)));
    this.#block.copy(bigger, bigger.length - length, this.#at);
    this.#block = bigger;
    this.#at = bigger.length - length;
  }
}
