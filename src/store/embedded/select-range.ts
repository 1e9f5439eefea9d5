/**
 * Which entries of a range there are, now or as of an older revision.
 *
 * An older state is the current one with later changes undone: for each key that has changed since, what it was before.
 * As a rule that is a handful of keys, however many the range holds.
 */
import type { Entry, StoreEvent } from '../store.ts';
import type { KeyIndex } from '../key-index.ts';
import type { Meta } from './messages.ts';

/** An entry, or where to find its value. */
export type Found = Entry | Meta;
/** For each key that changed since: what it was, undefined if it did not exist. */
export type Before = ReadonlyMap<string, Found | undefined>;

export interface Selection {
  readonly found: readonly Found[];
  readonly count: number;
}

export interface Bounds {
  readonly start: string;
  readonly end: string;
  /** 0 to count only. */
  readonly limit: number;
}

const nothing: Before = new Map();

export function selectRange(index: KeyIndex<Meta>, bounds: Bounds, before: Before = nothing): Selection {
  const { start, end, limit } = bounds;
  const undone = [...before.values()].filter((item) => item !== undefined).sort((a, b) => (a.key < b.key ? -1 : 1));
  let count = index.count(start, end) + undone.length;
  for (const key of before.keys()) if (index.get(key) !== undefined) count -= 1;
  const found: Found[] = [];
  if (limit === 0) return { found, count };
  let next = 0;
  for (const meta of index.between(start, end)) {
    for (let item = undone[next]; item !== undefined && item.key < meta.key; item = undone[++next]) found.push(item);
    if (found.length >= limit) break;
    if (!before.has(meta.key)) found.push(meta);
    if (found.length >= limit) break;
  }
  for (const item of undone.slice(next)) {
    if (found.length >= limit) break;
    found.push(item);
  }
  return { found: found.length > limit ? found.slice(0, limit) : found, count };
}

/** Adds what the keys of later events were before those; a key that is known already has an older state. */
export function undoEvents(
  before: Map<string, Found | undefined>,
  events: readonly StoreEvent[],
  bounds: Bounds,
): void {
  for (const { entry, previous } of events) {
    if (entry.key < bounds.start || entry.key >= bounds.end || before.has(entry.key)) continue;
    before.set(entry.key, previous);
  }
}
