/**
 * Writes protobuf from the end to the front: the length of a message inside another is known once it has been written,
 * so no sizes are computed beforehand and nothing is copied twice.
 *
 *   room      [ . . . . . . . . | later fields  earlier fields were written after them |]
 *                               ^ start moves to the left                               end
 *
 * One writer serves all messages of the thread in turn: `begin`, write, `finish`, which copies the result out.
 */

const firstRoomBytes = 64 * 1024;
/** Room beyond this is given back after use. */
const keptRoomBytes = 1024 * 1024;

export class Writer {
  #room = Buffer.allocUnsafeSlow(firstRoomBytes);
  #start = firstRoomBytes;

  /** Bytes written since `begin`. */
  get length(): number {
    return this.#room.length - this.#start;
  }

  begin(): void {
    this.#start = this.#room.length;
  }

  /** @param prefixBytes Bytes left free in front of the message, for whoever frames it. */
  finish(prefixBytes = 0): Buffer<ArrayBuffer> {
    const result = Buffer.allocUnsafe(prefixBytes + this.length);
    this.#room.copy(result, prefixBytes, this.#start);
    if (this.#room.length > keptRoomBytes) this.#room = Buffer.allocUnsafeSlow(firstRoomBytes);
    return result;
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.byteLength);
    this.#start -= value.byteLength;
    this.#room.set(value, this.#start);
  }

  /** Each character is one byte. */
  byteString(value: string): void {
    this.#reserve(value.length);
    this.#start -= value.length;
    this.#room.write(value, this.#start, value.length, 'latin1');
  }

  /** @returns its length in bytes. */
  text(value: string): number {
    const length = Buffer.byteLength(value);
    this.#reserve(length);
    this.#start -= length;
    this.#room.write(value, this.#start, length, 'utf8');
    return length;
  }

  /** An integer up to 2^53 either way; negative ones take ten bytes. */
  varint(value: number): void {
    if (value < 0) return this.varint64(BigInt(value));
    this.#reserve(10);
    const room = this.#room;
    let length = 1;
    for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) length += 1;
    let at = (this.#start -= length);
    let rest = value;
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 128)) room[at++] = (rest % 128) | 0x80;
    for (; rest > 127; rest >>>= 7) room[at++] = (rest & 0x7f) | 0x80;
    room[at] = rest;
  }

  varint64(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    if (rest <= BigInt(Number.MAX_SAFE_INTEGER)) return this.varint(Number(rest));
    const groups: number[] = [];
    for (; rest > 127n; rest >>= 7n) groups.push(Number(rest & 0x7fn) | 0x80);
    groups.push(Number(rest));
    this.bytes(Uint8Array.from(groups));
  }

  #reserve(bytes: number): void {
    if (this.#start >= bytes) return;
    const room = Buffer.allocUnsafeSlow(Math.max(this.#room.length * 2, this.length + bytes + firstRoomBytes));
    const start = room.length - this.length;
    this.#room.copy(room, start, this.#start);
    this.#room = room;
    this.#start = start;
  }
}
