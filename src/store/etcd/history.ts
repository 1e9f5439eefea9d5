/**
 * Changes that are no longer in memory: a watch of its own from the old revision, until the first events it sends or
 * until it has come as far as is wanted.
 */
import type { HistoryPage } from '../embedded/messages.ts';
import type { StoreEvent } from '../store.ts';
import type { Endpoints } from './endpoints.ts';
import { callWatch } from './watch-call.ts';
import type { KeyRange } from './watch-call.ts';

export interface HistorySource {
  readonly endpoints: Endpoints;
  /** All that is watched: it has a change at, or notices of progress up to, each revision that was delivered. */
  readonly range: KeyRange;
  readonly trustProgress: boolean;
}

export interface WantedHistory {
  readonly range: KeyRange;
  readonly from: number;
  readonly to: number;
}

const attempts = 20;
const progressMs = 100;
const patienceMs = 10_000;

/** Undefined: no member could be watched. */
export async function readHistory(
  source: HistorySource,
  wanted: WantedHistory,
): Promise<HistoryPage | { readonly compactRevision: number } | undefined> {
  let member = source.endpoints.inUse;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const read = await readOnce(source, wanted, member);
    if (read !== 'broken') return read;
    member = source.endpoints.after(member);
    await new Promise((resolve) => setTimeout(resolve, progressMs));
  }
  return undefined;
}

function readOnce(
  { endpoints, range: all, trustProgress }: HistorySource,
  { range, from, to }: WantedHistory,
  member: Endpoints['inUse'],
): Promise<HistoryPage | { readonly compactRevision: number } | 'broken'> {
  return new Promise((resolve) => {
    let asking: NodeJS.Timeout | undefined;
    const finish = (result: Parameters<typeof resolve>[0]): void => {
      clearInterval(asking);
      clearTimeout(timer);
      call.stop();
      resolve(result);
    };
    const timer = setTimeout(() => finish('broken'), patienceMs);
    const call = callWatch(endpoints, member, {
      range: all,
      fromRevision: from,
      receive: {
        events(events, revision) {
          if (events.length === 0 && !trustProgress) return;
          const concerning = events.filter(
            ({ entry }: StoreEvent) => entry.key >= range.start && entry.key < range.end,
          );
          if (concerning.length > 0 || revision >= to) finish({ events: concerning, revision });
        },
        ended: (compactRevision) => finish(compactRevision === undefined ? 'broken' : { compactRevision }),
      },
    });
    if (trustProgress) asking = setInterval(() => call.requestProgress(), progressMs);
  });
}
