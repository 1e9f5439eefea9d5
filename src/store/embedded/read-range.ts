/** Ranges, now or as of an older revision, with their values from memory where they are, else from disk. */
import { keyAfter } from '../key.ts';
import { StoreError } from '../store.ts';
import type { Entry, RangeOptions, RangeResult } from '../store.ts';
import type { DatabaseThread } from './database-thread.ts';
import type { KeyIndex } from '../key-index.ts';
import type { Meta } from './messages.ts';
import { unpackValues } from './pack.ts';
import type { ReadValues } from './read-values.ts';
import type { RecentHistory } from './recent-history.ts';
import { selectRange, undoEvents } from './select-range.ts';
import type { Bounds, Found } from './select-range.ts';

/** Where the store stands; its owner moves both on. */
export interface Revisions {
  latest: number;
  compacted: number;
}

export interface ReadContext {
  readonly thread: DatabaseThread;
  readonly index: KeyIndex<Meta>;
  readonly recent: RecentHistory;
  readonly values: ReadValues;
  readonly revisions: Readonly<Revisions>;
}

const noValue = new Uint8Array(0);

export async function readRange(context: ReadContext, key: string, options: RangeOptions): Promise<RangeResult> {
  const { index, revisions } = context;
  const limit = options.countOnly === true ? 0 : (options.limit ?? Infinity);
  const bounds = { start: key, end: options.end ?? keyAfter(key), limit };
  const wanted = options.revision ?? revisions.latest;
  const before = wanted === revisions.latest ? undefined : await readBefore(context, wanted, bounds);
  const { found, count } = selectRange(index, bounds, before);
  const revision = revisions.latest;
  if (options.keysOnly === true) return { entries: found.map((item) => toEntry(item, noValue)), revision, count };
  return { entries: await readEntries(context, found, options.revision), revision, count };
}

/**
 * Adds the values, in one question to the database for those that are not in memory.
 * @param revision The older revision that is being read, if so: it may be compacted meanwhile.
 */
export async function readEntries(context: ReadContext, found: readonly Found[], revision?: number): Promise<Entry[]> {
  const entries: (Entry | undefined)[] = [];
  const missing: { readonly meta: Meta; readonly index: number }[] = [];
  for (const [index, item] of found.entries()) {
    const value = 'value' in item ? item.value : valueInMemory(context, item.position);
    if (value === undefined && 'position' in item) missing.push({ meta: item, index });
    entries.push(value === undefined ? undefined : toEntry(item, value));
  }
  if (missing.length > 0) {
    const positions = Float64Array.from(missing, ({ meta }) => meta.position);
    const keys = missing.map(({ meta }) => meta.key);
    const revisions = Float64Array.from(missing, ({ meta }) => meta.modRevision);
    const request = { type: 'values', positions, expected: { keys, revisions } } as const;
    const answer = await context.thread.call<'values'>(request, [positions.buffer, revisions.buffer]);
    const values = unpackValues(answer);
    for (const [at, { meta, index }] of missing.entries()) {
      const value = values[at];
      if (value === undefined) continue;
      entries[index] = toEntry(meta, value);
      context.values.noteRead(meta.position, value);
    }
  }
  const complete = entries.filter((entry) => entry !== undefined);
  if (complete.length === found.length) return complete;
  if (revision !== undefined) assertReadable(context, revision);
  throw new StoreError('corrupt', 'Cannot read values: rows of current keys are missing from the database');
}

function valueInMemory({ recent, values }: ReadContext, position: number): Uint8Array | undefined {
  return recent.value(position) ?? values.get(position);
}

export function toEntry(meta: Omit<Entry, 'value'>, value: Uint8Array): Entry {
  const { key, createRevision, modRevision, version, lease } = meta;
  return { key, value, createRevision, modRevision, version, lease };
}

/** What the keys that changed after the revision were then. */
async function readBefore(
  context: ReadContext,
  revision: number,
  bounds: Bounds,
): Promise<Map<string, Found | undefined>> {
  const { thread, recent, revisions } = context;
  assertReadable(context, revision);
  const before = new Map<string, Found | undefined>();
  let since = revision + 1;
  while (!recent.covers(since)) {
    const to = revisions.latest;
    const { start, end } = bounds;
    const older = await thread.call<'before'>({ type: 'before', revision: since - 1, to, start, end });
    assertReadable(context, revision);
    for (const { key, meta } of older) if (!before.has(key)) before.set(key, meta);
    since = to + 1;
  }
  undoEvents(before, recent.since(since), bounds);
  return before;
}

function assertReadable({ revisions }: ReadContext, revision: number): void {
  if (revision > revisions.latest) {
    const message = `Cannot read revision ${revision}: the latest is ${revisions.latest}`;
    throw new StoreError('future-revision', message);
  }
  if (revision < revisions.compacted) {
    const message = `Cannot read revision ${revision}: the store is compacted up to ${revisions.compacted}`;
    throw new StoreError('compacted', message);
  }
}
