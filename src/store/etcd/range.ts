/** Ranges by pages, all of them as of one revision, so that no message grows with the store. */
import { kv } from '../protocol/services.ts';
import type { RangeResponse } from '../protocol/messages.ts';
import type { Decoded } from '../protocol/schema.ts';
import { keyAfter } from '../key.ts';
import { StoreError } from '../store.ts';
import type { Entry, RangeOptions, RangeResult } from '../store.ts';
import type { Endpoints } from './endpoints.ts';
import { entryOfWire } from './from-wire.ts';

const pageEntries = 1000;

export async function readByPages(endpoints: Endpoints, key: string, options: RangeOptions): Promise<RangeResult> {
  for (;;) {
    try {
      return await readPages(endpoints, key, options);
    } catch (error) {
      // The latest state was wanted, and a compaction went past it between two pages.
      const again = options.revision === undefined && error instanceof StoreError && error.reason === 'compacted';
      if (!again) throw error;
    }
  }
}

async function readPages(endpoints: Endpoints, key: string, options: RangeOptions): Promise<RangeResult> {
  const limit = options.limit ?? Infinity;
  const entries: Entry[] = [];
  let first: Decoded<typeof RangeResponse> | undefined;
  for (let from = key; ; from = keyAfter(entries.at(-1)?.key ?? '')) {
    const page = await readPage(endpoints, from, options, {
      limit: Math.min(limit - entries.length, pageEntries),
      revision: options.revision ?? first?.header?.revision ?? 0,
    });
    first ??= page;
    for (const found of page.kvs) entries.push(entryOfWire(found));
    if (!page.more || page.kvs.length === 0 || entries.length >= limit) break;
  }
  return { entries, revision: first.header?.revision ?? 0, count: first.count };
}

async function readPage(
  endpoints: Endpoints,
  key: string,
  { end = '', countOnly = false, keysOnly = false }: RangeOptions,
  { limit, revision }: { readonly limit: number; readonly revision: number },
): Promise<Decoded<typeof RangeResponse>> {
  const request = { key: key === '' ? '\0' : key, rangeEnd: end, limit, revision, countOnly, keysOnly };
  const { response } = await endpoints.call(kv.range, request, { repeatable: true });
  return response;
}
