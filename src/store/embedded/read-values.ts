/**
 * Values that were read from the database, by the position of the change that put them, for who reads them again: rows
 * never change, so what is here is right for as long as its position is asked for.
 *
 *   kept, read ──► newer ──(half of the bytes)──► older ──(the next time)──► gone
 *
 * Limit: `maxBytes` of values; those that were not read for longest go first, a generation at a time: to take the first of
 * a large map again and again means to step over all that were taken before. With 0 nothing is kept, which is right for an
 * API server, whose watch caches hold all values themselves.
 */

/** What keeping a value takes beyond its bytes, about. */
const entryBytes = 64;

export class ReadValues {
  readonly #generationBytes: number;
  #newer = new Map<number, Uint8Array>();
  #newerBytes = 0;
  #older: ReadonlyMap<number, Uint8Array> = new Map();

  constructor(maxBytes: number) {
    this.#generationBytes = maxBytes / 2;
  }

  get(position: number): Uint8Array | undefined {
    const value = this.#newer.get(position);
    if (value !== undefined) return value;
    const older = this.#older.get(position);
    if (older !== undefined) this.keep(position, older);
    return older;
  }

  keep(position: number, value: Uint8Array): void {
    const bytes = value.byteLength + entryBytes;
    if (bytes > this.#generationBytes || this.#newer.has(position)) return;
    if (this.#newerBytes + bytes > this.#generationBytes) {
      this.#older = this.#newer;
      this.#newer = new Map();
      this.#newerBytes = 0;
    }
    this.#newer.set(position, value);
    this.#newerBytes += bytes;
  }
}
