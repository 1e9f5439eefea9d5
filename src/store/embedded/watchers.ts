/**
 * All watches of a store.
 *
 *   past ──► catching up: pages from disk ──► the recent events in memory ──► live
 *
 * A watcher counts the next revision it has not seen; that alone keeps it from gaps and duplicates whichever of the
 * three it is fed from. Live watchers are called as the commit lands and nothing is queued for them. One that catches up
 * holds one page at a time; if compaction overtakes it, it is ended.
 */
import type { StoreEvent, WatchEnd, WatchSink } from '../store.ts';
import type { HistoryPage } from './messages.ts';
import type { Revisions } from './read-range.ts';
import type { RecentHistory } from './recent-history.ts';
import { WatcherIndex, type KeyRange } from './watcher-index.ts';

/** What watchers need to know of the store. */
export interface WatchSource {
  readonly revisions: Readonly<Revisions>;
  readonly recent: RecentHistory;
  /** Events from disk; undefined when it can no longer be read. */
  readHistory(range: KeyRange, from: number, to: number): Promise<HistoryPage | undefined>;
}

interface Watcher {
  readonly range: KeyRange;
  readonly sink: WatchSink;
  next: number;
}

const inRange = (events: readonly StoreEvent[], { start, end }: KeyRange): readonly StoreEvent[] =>
  events.filter(({ entry: { key } }) => key >= start && key < end);

export class Watchers {
  readonly #source: WatchSource;
  readonly #watchers = new Set<Watcher>();
  readonly #live = new WatcherIndex<Watcher>();

  constructor(source: WatchSource) {
    this.#source = source;
  }

  /** Returns what stops it. The sink is not called before this has returned. */
  add(range: KeyRange, from: number, sink: WatchSink): () => void {
    const watcher: Watcher = { range, sink, next: from };
    this.#watchers.add(watcher);
    queueMicrotask(() => void this.#catchUp(watcher));
    return () => void this.#remove(watcher);
  }

  /** @param events What has just been committed; with it the store is at `revision`. */
  dispatch(events: readonly StoreEvent[], revision: number): void {
    const concerned = new Map<Watcher, StoreEvent[]>();
    for (const event of events) {
      this.#live.forEach(event.entry.key, (watcher) => {
        const wanted = concerned.get(watcher);
        if (wanted === undefined) concerned.set(watcher, [event]);
        else wanted.push(event);
      });
    }
    for (const [watcher, wanted] of concerned) this.#deliver(watcher, wanted, revision);
  }

  endAll(end: WatchEnd): void {
    for (const watcher of this.#watchers) this.#end(watcher, end);
  }

  async #catchUp(watcher: Watcher): Promise<void> {
    const { recent, revisions } = this.#source;
    while (this.#watchers.has(watcher)) {
      const { latest, compacted } = revisions;
      if (watcher.next <= compacted) return this.#end(watcher, { reason: 'compacted', compactRevision: compacted });
      if (recent.covers(watcher.next)) {
        this.#live.add(watcher);
        this.#deliver(watcher, inRange(recent.since(watcher.next), watcher.range), latest);
        if (this.#watchers.has(watcher)) watcher.sink.caughtUp?.(latest);
        return;
      }
      const page = await this.#source.readHistory(watcher.range, watcher.next, latest);
      if (page === undefined) return this.#end(watcher, { reason: 'closed' });
      // A compaction that came in between may have taken part of the page away.
      if (watcher.next > revisions.compacted)
        this.#deliver(watcher, inRange(page.events, watcher.range), page.revision);
    }
  }

  /** `events`: of its range. */
  #deliver(watcher: Watcher, events: readonly StoreEvent[], revision: number): void {
    const { next } = watcher;
    const wanted = events.filter(({ entry }) => entry.modRevision >= next);
    watcher.next = Math.max(next, revision + 1);
    if (wanted.length > 0 && this.#watchers.has(watcher)) watcher.sink.events(wanted, revision);
  }

  #end(watcher: Watcher, end: WatchEnd): void {
    if (this.#remove(watcher)) watcher.sink.ended(end);
  }

  #remove(watcher: Watcher): boolean {
    this.#live.delete(watcher);
    return this.#watchers.delete(watcher);
  }
}
