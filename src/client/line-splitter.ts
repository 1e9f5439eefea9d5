/**
 * Cuts a stream of bytes into lines. A line that comes in many pieces is put together once, when it is whole, so the
 * cost is linear however large the line is.
 */
const newline = 10;

export class LineSplitter {
  #pieces: Uint8Array[] = [];

  /** The lines that this piece completes, without their ends. */
  *push(piece: Uint8Array): Iterable<string> {
    let start = 0;
    for (;;) {
      const end = piece.indexOf(newline, start);
      if (end < 0) break;
      yield this.#complete(piece.subarray(start, end));
      start = end + 1;
    }
    if (start < piece.length) this.#pieces.push(start === 0 ? piece : piece.subarray(start));
  }

  #complete(last: Uint8Array): string {
    const bytes = this.#pieces.length === 0 ? last : Buffer.concat([...this.#pieces, last]);
    this.#pieces = [];
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  }
}
