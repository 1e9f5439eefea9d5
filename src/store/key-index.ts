/**
 * What is known of each key, in key order: a sorted list cut into chunks.
 *
 *   chunks   [a b c …] [k l m …] [t u …]     each sorted, each at most `chunkLimit` long, none empty
 *
 * Finding is two binary searches, inserting moves at most one chunk, counting a range adds chunk lengths. At 50,000 keys
 * that is a hundred-odd chunks: as fast as a tree, and a good deal smaller.
 */
const chunkLimit = 512;

export class KeyIndex<Item extends { readonly key: string }> {
  readonly #chunks: Item[][] = [];
  #size = 0;

  /** @param sorted Items in key order. */
  constructor(sorted: readonly Item[] = []) {
    const fill = chunkLimit / 2;
    for (let start = 0; start < sorted.length; start += fill) this.#chunks.push(sorted.slice(start, start + fill));
    this.#size = sorted.length;
  }

  get size(): number {
    return this.#size;
  }

  get(key: string): Item | undefined {
    const chunk = this.#chunks[this.#chunkOf(key)];
    if (chunk === undefined) return undefined;
    const item = chunk[lowerBound(chunk, key)];
    return item?.key === key ? item : undefined;
  }

  set(item: Item): void {
    const at = this.#chunkOf(item.key);
    const chunk = this.#chunks[at];
    if (chunk === undefined) {
      this.#chunks.push([item]);
      this.#size += 1;
      return;
    }
    const place = lowerBound(chunk, item.key);
    if (chunk[place]?.key === item.key) {
      chunk[place] = item;
      return;
    }
    chunk.splice(place, 0, item);
    this.#size += 1;
    if (chunk.length > chunkLimit) this.#split(at, place === chunk.length - 1);
  }

  delete(key: string): void {
    const at = this.#chunkOf(key);
    const chunk = this.#chunks[at];
    if (chunk === undefined) return;
    const place = lowerBound(chunk, key);
    if (chunk[place]?.key !== key) return;
    chunk.splice(place, 1);
    this.#size -= 1;
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /** Items from `start` (included) to `end` (excluded). The index must not change while they are iterated. */
  *between(start: string, end: string): Generator<Item, void> {
    for (let at = this.#chunkOf(start); at < this.#chunks.length; at += 1) {
      const chunk = this.#chunks[at] ?? [];
      for (let place = lowerBound(chunk, start); place < chunk.length; place += 1) {
        const item = chunk[place];
        if (item === undefined || item.key >= end) return;
        yield item;
      }
    }
  }

  /** The same as a list. */
  slice(start: string, end: string): Item[] {
    const parts: Item[][] = [];
    for (let at = this.#chunkOf(start); at < this.#chunks.length; at += 1) {
      const chunk = this.#chunks[at] ?? [];
      if (chunk[0] !== undefined && chunk[0].key >= end) break;
      parts.push(chunk.slice(lowerBound(chunk, start), lowerBound(chunk, end)));
    }
    return parts.length === 1 ? (parts[0] ?? []) : ([] as Item[]).concat(...parts);
  }

  count(start: string, end: string): number {
    return start < end ? this.#rank(end) - this.#rank(start) : 0;
  }

  /** Number of keys smaller than this one. */
  #rank(key: string): number {
    const at = this.#chunkOf(key);
    let rank = 0;
    for (let before = 0; before < at; before += 1) rank += this.#chunks[before]?.length ?? 0;
    return rank + lowerBound(this.#chunks[at] ?? [], key);
  }

  /** The last chunk whose first key is not greater; the first chunk when all are greater. */
  #chunkOf(key: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = this.#chunks[middle]?.[0];
      if (first !== undefined && first.key <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /** Keys that come in order fill their chunks: only the newest moves on. */
  #split(at: number, appended: boolean): void {
    const chunk = this.#chunks[at];
    if (chunk === undefined) return;
    this.#chunks.splice(at + 1, 0, chunk.splice(appended ? chunkLimit : chunkLimit / 2));
  }
}

/** Place of the first item whose key is not smaller. */
function lowerBound(items: readonly { readonly key: string }[], key: string): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && item.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
