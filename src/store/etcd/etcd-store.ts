/**
 * The store port over an etcd cluster.
 *
 *   transact ──▶ Txn ──▶ answered by etcd ──▶ wait until the feed has delivered its revision ──▶ answered
 *   watch    ◀── Watchers ◀── RecentHistory ◀── feed (one watch for all, feed.ts)
 *   range    ◀── Range, linearizable
 *
 * As in the embedded store, events reach the watchers before the write that made them is answered, and all watches move
 * through the same revisions together. What other processes write comes later than they are answered; `sync` waits for it.
 */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { HistoryPage } from '../embedded/messages.ts';
import { RecentHistory } from '../embedded/recent-history.ts';
import { Watchers } from '../embedded/watchers.ts';
import { keyAfter } from '../key.ts';
import { kv } from '../protocol/services.ts';
import { StoreError } from '../store.ts';
import type {
  Condition,
  Lease,
  Operation,
  RangeOptions,
  RangeResult,
  Store,
  StoreEvent,
  TransactionResult,
  WatchOptions,
  WatchSink,
} from '../store.ts';
import { startCompaction } from './compaction.ts';
import type { Endpoints } from './endpoints.ts';
import { Feed } from './feed.ts';
import { readHistory } from './history.ts';
import { grantLease, keepLeaseAlive, revokeLease } from './leases.ts';
import { readByPages } from './range.ts';
import { mayBeSentAgain, revisionOfPuts, transactionResult, txnRequest } from './transaction.ts';
import type { KeyRange } from './watch-call.ts';

export interface EtcdStoreParts {
  readonly endpoints: Endpoints;
  readonly clock: Clock;
  readonly log: Log;
  /** Keys that may be watched. */
  readonly range: KeyRange;
  readonly trustProgress: boolean;
  readonly revision: number;
  /** How often what was superseded is forgotten; 0 = never by this process. */
  readonly compactionIntervalMs: number;
}

const historyLimits = { events: 10_000, bytes: 16 * 1024 * 1024 };
/** A write that is done is answered after this time even if its event has not come. */
const arrivalMs = 10_000;
const syncMs = 5000;
/** How often an idle store asks whether the cluster and its feed are well. */
const heartbeatMs = 2000;

export class EtcdStore implements Store {
  readonly #parts: EtcdStoreParts;
  readonly #revisions: { latest: number; compacted: number };
  readonly #watchers: Watchers;
  readonly #writing = new Set<Promise<unknown>>();
  #recent: RecentHistory;
  #feed: Feed;
  #position = 0;
  #fault: StoreError | undefined;
  #confirmed: Promise<void> | undefined;
  #confirming: Promise<unknown> = Promise.resolve();
  #cancelHeartbeat: () => void = () => undefined;
  readonly #stopCompaction: () => void;
  #closed: Promise<void> | undefined;

  constructor(parts: EtcdStoreParts) {
    this.#parts = parts;
    this.#revisions = { latest: parts.revision, compacted: 0 };
    this.#recent = new RecentHistory(historyLimits, parts.revision);
    this.#feed = this.#feedFrom(parts.revision);
    const recent = (): RecentHistory => this.#recent;
    this.#watchers = new Watchers({
      revisions: this.#revisions,
      get recent() {
        return recent();
      },
      readHistory: (range, from, to) => this.#readHistory(range, from, to),
    });
    this.#heartbeat();
    this.#stopCompaction = this.#startCompaction();
  }

  get revision(): number {
    return this.#revisions.latest;
  }

  get fault(): StoreError | undefined {
    return this.#fault;
  }

  get compactRevision(): number {
    return this.#revisions.compacted;
  }

  async range(key: string, options: RangeOptions = {}): Promise<RangeResult> {
    this.#assertOpen();
    return readByPages(this.#parts.endpoints, key, options);
  }

  async transact(conditions: readonly Condition[], operations: readonly Operation[]): Promise<TransactionResult> {
    this.#assertOpen();
    const written = this.#transact(conditions, operations);
    this.#writing.add(written);
    try {
      return await written;
    } finally {
      this.#writing.delete(written);
    }
  }

  watch(key: string, options: WatchOptions, sink: WatchSink): () => void {
    this.#assertOpen();
    const range = { start: key, end: options.end ?? keyAfter(key) };
    const { start, end } = this.#parts.range;
    if (range.start < start || (end !== '\0' && range.end > end)) {
      throw new RangeError(`Cannot watch "${key}": this store watches keys from "${start}" to "${end}"`);
    }
    return this.#watchers.add(range, options.fromRevision ?? this.#revisions.latest + 1, sink);
  }

  async grantLease(ttlSeconds: number, id = 0n): Promise<Lease> {
    this.#assertOpen();
    return grantLease(this.#parts.endpoints, ttlSeconds, id);
  }

  async keepLeaseAlive(id: bigint): Promise<Lease | undefined> {
    this.#assertOpen();
    return keepLeaseAlive(this.#parts.endpoints, id);
  }

  async revokeLease(id: bigint): Promise<boolean> {
    this.#assertOpen();
    const revision = await revokeLease(this.#parts.endpoints, id);
    if (revision !== undefined) await this.#feed.arrival(revision, arrivalMs);
    return revision !== undefined;
  }

  async compact(revision: number): Promise<void> {
    this.#assertOpen();
    await this.#parts.endpoints.call(kv.compact, { revision }, { repeatable: false });
    this.#compacted(revision);
  }

  /** Calls that come while one is under way share the next one: what they must see was written before it began. */
  sync(): Promise<void> {
    this.#confirmed ??= this.#confirmNext();
    return this.#confirmed;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#cancelHeartbeat();
    this.#stopCompaction();
    await Promise.allSettled(this.#writing);
    this.#feed.stop();
    this.#watchers.endAll({ reason: 'closed' });
    this.#parts.endpoints.close();
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw new StoreError('closed', 'The store is closed');
  }

  async #transact(conditions: readonly Condition[], operations: readonly Operation[]): Promise<TransactionResult> {
    const { endpoints, log } = this.#parts;
    const repeatable = mayBeSentAgain(conditions, operations);
    const { response, again } = await endpoints.call(kv.txn, txnRequest(conditions, operations), { repeatable });
    let result = transactionResult(response);
    if (again && !result.ok) {
      // What was sent first may be what has changed the keys.
      const revision = revisionOfPuts(result.current, operations);
      if (revision === undefined) throw new StoreError('unavailable', 'etcd has not told whether it was written');
      result = { ok: true, revision, deleted: [] };
    }
    if (operations.length > 0 && !(await this.#feed.arrival(result.revision, arrivalMs))) {
      log.warn('A write is done and its event has not come from etcd', { revision: result.revision });
    }
    return result;
  }

  async #confirmNext(): Promise<void> {
    await this.#confirming;
    this.#confirmed = undefined;
    this.#assertOpen();
    const confirming = this.#confirm();
    this.#confirming = confirming.catch(() => undefined);
    return confirming;
  }

  async #confirm(): Promise<void> {
    const { endpoints, range } = this.#parts;
    const request = { key: range.start, countOnly: true };
    const { response } = await endpoints.call(kv.range, request, { repeatable: true });
    const revision = response.header?.revision ?? 0;
    if (await this.#feed.arrival(revision, syncMs)) {
      this.#fault = undefined;
      return;
    }
    throw new StoreError('unavailable', `Events up to revision ${revision} have not come from etcd`);
  }

  #heartbeat(): void {
    this.#cancelHeartbeat = this.#parts.clock.after(heartbeatMs, () => {
      const beat = async (): Promise<void> => {
        try {
          await this.sync();
        } catch (error) {
          if (!(error instanceof StoreError)) throw error;
          if (this.#closed === undefined) this.#fault = error;
        }
        if (this.#closed === undefined) this.#heartbeat();
      };
      void beat();
    });
  }

  #startCompaction(): () => void {
    const { compactionIntervalMs: intervalMs } = this.#parts;
    if (intervalMs === 0) return () => undefined;
    return startCompaction({ ...this.#parts, intervalMs, compacted: (revision) => this.#compacted(revision) });
  }

  #compacted(revision: number): void {
    this.#revisions.compacted = Math.max(this.#revisions.compacted, revision);
  }

  #feedFrom(revision: number): Feed {
    return new Feed({
      ...this.#parts,
      revision,
      sink: {
        events: (events, to) => this.#deliver(events, to),
        lost: (compactRevision) => void this.#startAnew(compactRevision),
      },
    });
  }

  #deliver(events: readonly StoreEvent[], revision: number): void {
    for (const event of events) this.#recent.push(event, (this.#position += 1));
    this.#revisions.latest = revision;
    this.#watchers.dispatch(events, revision);
  }

  /** Changes were missed for good: all watches end, and go on from the state as it is now. */
  async #startAnew(compactRevision: number): Promise<void> {
    const { log, endpoints, range } = this.#parts;
    log.warn('etcd was compacted while it could not be watched: all is read anew', { compactRevision });
    this.#compacted(compactRevision);
    while (this.#closed === undefined) {
      try {
        const { response } = await endpoints.call(
          kv.range,
          { key: range.start, countOnly: true },
          { repeatable: true },
        );
        const revision = response.header?.revision ?? 0;
        this.#revisions.latest = revision;
        this.#recent = new RecentHistory(historyLimits, revision);
        this.#feed = this.#feedFrom(revision);
        return this.#watchers.endAll({ reason: 'compacted', compactRevision });
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        log.warn('Cannot read from etcd', { why: error.message });
      }
    }
  }

  async #readHistory(range: KeyRange, from: number, to: number): Promise<HistoryPage | undefined> {
    const page = await readHistory(this.#parts, { range, from, to });
    if (page !== undefined && 'compactRevision' in page) {
      this.#compacted(page.compactRevision);
      return { events: [], revision: from - 1 };
    }
    return page;
  }
}
