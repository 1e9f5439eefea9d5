/** Entries in the order of their keys. Finding is a binary search; inserting moves pointers, not objects. */
import type { Entry } from './entry.ts';

export class SortedEntries {
  readonly #entries: Entry[] = [];
  readonly #byKey = new Map<string, Entry>();

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): Entry | undefined {
    return this.#byKey.get(key);
  }

  set(entry: Entry): void {
    const at = this.#indexOf(entry.key);
    const replaces = this.#byKey.has(entry.key) ? 1 : 0;
    if (replaces === 0 && at === this.#entries.length) this.#entries.push(entry);
    else this.#entries.splice(at, replaces, entry);
    this.#byKey.set(entry.key, entry);
  }

  delete(key: string): void {
    if (!this.#byKey.delete(key)) return;
    this.#entries.splice(this.#indexOf(key), 1);
  }

  /** Entries with from ≤ key < to. */
  slice(from: string, to: string): Entry[] {
    return this.#entries.slice(this.#indexOf(from), this.#indexOf(to));
  }

  #indexOf(key: string): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle] as Entry).key < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
