/**
 * Values that were read from the database, by the position of the change that put them, for who reads them again: rows
 * never change, so what is here is right for as long as its position is asked for.
 *
 * Limit: `maxBytes` of values; the one that was not read for longest goes first. With 0 nothing is kept, which is right
 * for an API server, whose watch caches hold all values themselves.
 */
export class ReadValues {
  readonly #maxBytes: number;
  /** The one that was read last stands last. */
  readonly #values = new Map<number, Uint8Array>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(position: number): Uint8Array | undefined {
    const value = this.#values.get(position);
    if (value === undefined) return undefined;
    this.#values.delete(position);
    this.#values.set(position, value);
    return value;
  }

  keep(position: number, value: Uint8Array): void {
    if (this.#maxBytes === 0 || this.#values.has(position)) return;
    this.#values.set(position, value);
    this.#bytes += value.byteLength;
    for (const [oldest, { byteLength }] of this.#values) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#values.delete(oldest);
      this.#bytes -= byteLength;
    }
  }
}
