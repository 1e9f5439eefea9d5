/**
 * Rows that refused a pod in one search, and why, until the next search. Most rows refuse for the same few reasons, which
 * are counted; by row they lie in one list for all searches, where each overwrites what those before have left.
 */
import type { Refusal } from './framework.ts';
import type { KeptRefusals } from './kept-refusals.ts';
import { RefusalCounts } from './refusal-counts.ts';

const byRow: Refusal[] = [];
/** Number of the search that wrote to the row. */
let searchOf = new Int32Array(0);
let searches = 0;

export class Refused {
  readonly plugins = new Set<string>();
  readonly #search = ++searches;
  readonly counts = new RefusalCounts();
  #size = 0;
  #kept: KeptRefusals | undefined;

  /** Rows are below `capacity`. */
  constructor(capacity: number) {
    if (searchOf.length < capacity) searchOf = new Int32Array(2 * capacity);
  }

  get size(): number {
    return this.#size;
  }

  by(plugin: string): void {
    this.plugins.add(plugin);
  }

  /** A row is added once. */
  add(row: number, refusal: Refusal): void {
    this.#size++;
    byRow[row] = refusal;
    searchOf[row] = this.#search;
    this.counts.add(refusal);
  }

  /** All rows refused, as kept. */
  keep(kept: KeptRefusals): void {
    this.#kept = kept;
    this.#size = kept.size;
    for (const [refusal, count] of kept.counts) this.counts.add(refusal, count);
    for (const plugin of kept.plugins) this.plugins.add(plugin);
  }

  get(row: number): Refusal | undefined {
    return searchOf[row] === this.#search ? byRow[row] : this.#kept?.get(row);
  }
}
