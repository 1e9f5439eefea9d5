/** KV.Range: the store's range, and what etcd does to it afterwards: filters by revision, an order other than by key. */
import type { EmbeddedStore } from '../embedded/embedded-store.ts';
import { SortOrder, SortTarget } from '../protocol/messages.ts';
import type { RangeRequest, RangeResponse } from '../protocol/messages.ts';
import type { Decoded, Encodable } from '../protocol/schema.ts';
import type { Entry } from '../store.ts';
import { rangeOf } from './key-range.ts';

type Request = Decoded<typeof RangeRequest>;
type Response = Encodable<typeof RangeResponse>;

/** @returns the answer; its header's revision is the store's. @throws StoreError `compacted` or `future-revision`. */
export async function readRequested(store: EmbeddedStore, request: Request): Promise<Response & { revision: number }> {
  const { start, end } = rangeOf(request);
  const found = await store.range(start, {
    end,
    ...(request.revision > 0 ? { revision: request.revision } : {}),
    ...(request.limit > 0 && !looksAtAll(request) ? { limit: request.limit } : {}),
    countOnly: request.countOnly && !looksAtAll(request),
    keysOnly: request.keysOnly && request.sortTarget !== SortTarget.value,
  });
  return { ...answer(request, found.entries, found.count), revision: found.revision };
}

/** @param entries What the range holds, in key order; cut by the limit already unless the request looks at all. */
export function answer(request: Request, entries: readonly Entry[], count: number): Response {
  if (request.countOnly) return { count };
  const wanted = looksAtAll(request) ? arrange(request, entries) : entries;
  const shown = request.limit > 0 ? wanted.slice(0, request.limit) : wanted;
  const total = looksAtAll(request) ? wanted.length : count;
  const kvs = request.keysOnly ? shown.map((entry) => ({ ...entry, value: noValue })) : shown;
  return { kvs, count, more: request.limit > 0 && total > shown.length };
}

const noValue = new Uint8Array(0);

/** Whether the limit can be applied only after all entries have been looked at. */
function looksAtAll(request: Request): boolean {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision, sortOrder, sortTarget } = request;
  const isFiltered = [minModRevision, maxModRevision, minCreateRevision, maxCreateRevision].some(
    (bound) => bound !== 0,
  );
  return isFiltered || sortTarget !== SortTarget.key || sortOrder === SortOrder.descend;
}

function arrange(request: Request, entries: readonly Entry[]): readonly Entry[] {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision, sortOrder, sortTarget } = request;
  const within = (value: number, least: number, most: number): boolean =>
    (least === 0 || value >= least) && (most === 0 || value <= most);
  const kept = entries.filter(
    ({ modRevision, createRevision }) =>
      within(modRevision, minModRevision, maxModRevision) &&
      within(createRevision, minCreateRevision, maxCreateRevision),
  );
  const compare = orders.get(sortTarget) ?? (() => 0);
  kept.sort(compare);
  return sortOrder === SortOrder.descend ? kept.toReversed() : kept;
}

const orders: ReadonlyMap<number, (a: Entry, b: Entry) => number> = new Map([
  [SortTarget.version, (a: Entry, b: Entry) => a.version - b.version],
  [SortTarget.create, (a: Entry, b: Entry) => a.createRevision - b.createRevision],
  [SortTarget.mod, (a: Entry, b: Entry) => a.modRevision - b.modRevision],
  [SortTarget.value, (a: Entry, b: Entry) => Buffer.compare(a.value, b.value)],
]);
