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
    setEntry(this.#entries, entry);
    this.#byKey.set(entry.key, entry);
  }

  delete(key: string): void {
    if (this.#byKey.delete(key)) deleteEntry(this.#entries, key);
  }

  /** Entries with from ≤ key < to. */
  slice(from: string, to: string): Entry[] {
    return sliceEntries(this.#entries, from, to);
  }
}

/** Puts the entry in its place of a sorted list, or in the place of the one with its key. */
export function setEntry(sorted: Entry[], entry: Entry): void {
  const last = sorted.at(-1);
  if (last === undefined || last.key < entry.key) {
    sorted.push(entry);
    return;
  }
  const at = placeOf(sorted, entry.key);
  sorted.splice(at, sorted[at]?.key === entry.key ? 1 : 0, entry);
}

export function deleteEntry(sorted: Entry[], key: string): void {
  const at = placeOf(sorted, key);
  if (sorted[at]?.key === key) sorted.splice(at, 1);
}

/** Entries with from ≤ key < to. */
export function sliceEntries(sorted: readonly Entry[], from: string, to: string): Entry[] {
  return sorted.slice(placeOf(sorted, from), placeOf(sorted, to));
}

function placeOf(sorted: readonly Entry[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as Entry).key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
