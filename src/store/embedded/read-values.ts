/**
 * Values that were read from the database, by the position of the change that put them, for who reads them again: rows
 * never change, so what is here is right for as long as its position is asked for.
 *
 * A value is kept when it is read for the second time within a while. Whoever reads through more than fits in here leaves
 * nothing behind but positions: what would be kept and let go again is the most expensive garbage there is.
 *
 * Limit: `maxBytes` of values; those that were not read for longest go first. With 0 nothing is kept, which is right for
 * an API server, whose watch caches hold all values themselves.
 */
import { Generations } from './generations.ts';

/** What keeping a value takes beyond its bytes, about. */
const entryBytes = 64;
/** One position is remembered for so many bytes of room. */
const bytesOfPosition = 512;

const weightOf = (value: Uint8Array): number => value.byteLength + entryBytes;

export class ReadValues {
  readonly #values: Generations<Uint8Array>;
  /** Positions that were read once. */
  readonly #read: Generations<true>;

  constructor(maxBytes: number) {
    this.#values = new Generations(maxBytes);
    this.#read = new Generations(maxBytes / bytesOfPosition);
  }

  get(position: number): Uint8Array | undefined {
    return this.#values.get(position, weightOf);
  }

  /** @param value As the database has it. */
  noteRead(position: number, value: Uint8Array): void {
    if (this.#read.has(position)) this.#values.set(position, value, weightOf(value));
    else this.#read.set(position, true, 1);
  }
}
