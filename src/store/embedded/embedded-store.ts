/**
 * The store on the serving thread: decides in memory, writes through the database thread.
 *
 *   transact ──► KeySpace: conditions, revisions ──► CommitQueue ──► database thread (one fsync a batch)
 *                                                        │
 *   watch  ◄── Watchers ◄── RecentHistory ◄── landed ◄───┘
 *   range  ◄── KeySpace.committed, values from RecentHistory or the database
 *
 * Invariant: `revision`, reads and events show only what is on disk.
 */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { StoreError } from '../store.ts';
import type {
  Condition,
  Entry,
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
import { CommitQueue } from './commit-queue.ts';
import type { Landed, Write } from './commit-queue.ts';
import type { DatabaseThread } from './database-thread.ts';
import { KeyIndex } from '../key-index.ts';
import { KeySpace } from './key-space.ts';
import type { Change } from './key-space.ts';
import { Leases } from './leases.ts';
import { numbersOfMeta } from './messages.ts';
import type { HistoryPage, Meta, Opened } from './messages.ts';
import { planTransaction } from './plan-transaction.ts';
import { keyAfter, readEntries, readRange, toEntry } from './read-range.ts';
import type { ReadContext, Revisions } from './read-range.ts';
import { RecentHistory } from './recent-history.ts';
import type { HistoryLimits } from './recent-history.ts';
import { Watchers } from './watchers.ts';
import type { KeyRange } from './watchers.ts';

export interface EmbeddedStoreParts {
  readonly thread: DatabaseThread;
  readonly opened: Opened;
  readonly clock: Clock;
  readonly log: Log;
  readonly history: HistoryLimits;
}

export class EmbeddedStore implements Store {
  readonly #thread: DatabaseThread;
  readonly #log: Log;
  readonly #revisions: Revisions;
  readonly #reading: ReadContext;
  readonly #keys: KeySpace;
  readonly #recent: RecentHistory;
  readonly #queue: CommitQueue;
  readonly #watchers: Watchers;
  readonly #leases: Leases;
  #closed: Promise<void> | undefined;

  constructor({ thread, opened, clock, log, history }: EmbeddedStoreParts) {
    this.#thread = thread;
    this.#log = log;
    this.#revisions = { latest: opened.revision, compacted: opened.compactRevision };
    const metas = readMetas(opened);
    this.#keys = new KeySpace(new KeyIndex(metas), opened.revision, opened.lastPosition);
    this.#recent = new RecentHistory(history, opened.revision);
    this.#reading = { thread, index: this.#keys.committed, recent: this.#recent, revisions: this.#revisions };
    this.#queue = new CommitQueue(thread, {
      landed: (batch) => this.#landed(batch),
      failed: (error) => this.#failed(error),
    });
    this.#watchers = new Watchers({
      recent: this.#recent,
      revisions: this.#revisions,
      readHistory: (range, from, to) => this.#readHistory(range, from, to),
    });
    this.#leases = new Leases(clock, (id) => void this.#expire(id));
    for (const lease of opened.leases) this.#leases.reserve(lease);
    for (const meta of metas) if (meta.lease !== 0) this.#leases.attach(meta.lease, meta.key);
    for (const lease of opened.leases) this.#leases.start(lease.id);
  }

  get revision(): number {
    return this.#revisions.latest;
  }

  get fault(): StoreError | undefined {
    return this.#queue.fault;
  }

  get compactRevision(): number {
    return this.#revisions.compacted;
  }

  async range(key: string, options: RangeOptions = {}): Promise<RangeResult> {
    this.#assertOpen();
    return readRange(this.#reading, key, options);
  }

  async transact(conditions: readonly Condition[], operations: readonly Operation[]): Promise<TransactionResult> {
    this.#assertOpen();
    this.#queue.assertRoom();
    if (conditions.some(({ key, modRevision }) => (this.#keys.latest(key)?.modRevision ?? 0) !== modRevision)) {
      return this.#refuse(conditions);
    }
    const changes = this.#stage(operations);
    const revision = this.#keys.stagedRevision;
    const landed = await this.#write({ changes });
    const deleted = landed.filter(({ change }) => change.deleted).map(previousEntry);
    return { ok: true, revision, deleted: deleted.filter((entry) => entry !== undefined) };
  }

  watch(key: string, options: WatchOptions, sink: WatchSink): () => void {
    this.#assertOpen();
    const range = { start: key, end: options.end ?? keyAfter(key) };
    return this.#watchers.add(range, options.fromRevision ?? this.#revisions.latest + 1, sink);
  }

  async grantLease(ttlSeconds: number, id: number = this.#leases.freeId()): Promise<Lease> {
    this.#assertOpen();
    this.#queue.assertRoom();
    if (this.#leases.has(id)) throw new StoreError('lease-exists', `Cannot grant lease ${id}: it exists already`);
    const lease = { id, ttlSeconds: Math.max(1, Math.ceil(ttlSeconds)) };
    this.#leases.reserve(lease);
    await this.#write({ changes: [], granted: lease });
    return lease;
  }

  async keepLeaseAlive(id: number): Promise<Lease | undefined> {
    this.#assertOpen();
    return this.#leases.keepAlive(id);
  }

  async revokeLease(id: number): Promise<boolean> {
    this.#assertOpen();
    this.#queue.assertRoom();
    if (this.#leases.get(id) === undefined) return false;
    const operations = this.#keys
      .latestOfLease(id, this.#leases.keysOf(id))
      .map(({ key }): Operation => ({ type: 'delete', key }));
    const changes = this.#stage(operations);
    this.#leases.end(id);
    await this.#write({ changes, revoked: id });
    return true;
  }

  async compact(revision: number): Promise<void> {
    this.#assertOpen();
    if (revision > this.#revisions.latest) {
      throw new StoreError(
        'future-revision',
        `Cannot compact at revision ${revision}: the latest is ${this.#revisions.latest}`,
      );
    }
    if (revision <= this.#revisions.compacted) return;
    this.#revisions.compacted = revision;
    await this.#thread.call<'compact'>({ type: 'compact', revision });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#leases.stop();
    await this.#queue.idle();
    this.#watchers.endAll({ reason: 'closed' });
    try {
      await this.#thread.call<'close'>({ type: 'close' });
    } finally {
      await this.#thread.end();
    }
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw new StoreError('closed', 'The store is closed');
  }

  #stage(operations: readonly Operation[]): Change[] {
    const changes = planTransaction(
      {
        keys: this.#keys,
        leaseIsAlive: (id) => this.#leases.get(id) !== undefined,
        recentValue: (position) => this.#recent.value(position),
      },
      operations,
    );
    this.#keys.stage(changes);
    return changes;
  }

  #write(write: Pick<Write, 'changes' | 'granted' | 'revoked'>): Promise<readonly Landed[]> {
    return new Promise((resolve, reject) => {
      this.#queue.add({
        ...write,
        landed: (changes) => {
          if (write.granted !== undefined) this.#leases.start(write.granted.id);
          if (write.revoked !== undefined) this.#leases.remove(write.revoked);
          resolve(changes);
        },
        failed: (error) => {
          if (write.granted !== undefined) this.#leases.remove(write.granted.id);
          if (write.revoked !== undefined) this.#leases.keep(write.revoked);
          reject(error);
        },
      });
    });
  }

  /** What made the conditions fail may itself be in flight: then it is told only when it has landed. */
  async #refuse(conditions: readonly Condition[]): Promise<TransactionResult> {
    const keys = new Set(conditions.map(({ key }) => key));
    const inFlight = [...keys].some((key) => this.#keys.latest(key) !== this.#keys.committed.get(key));
    if (inFlight) await this.#write({ changes: [] });
    const current = [...keys].map((key) => this.#keys.committed.get(key)).filter((meta) => meta !== undefined);
    const revision = this.#revisions.latest;
    return { ok: false, revision, current: await readEntries(this.#reading, current) };
  }

  #landed(batch: readonly Landed[]): void {
    this.#keys.land(batch.map(({ change }) => change));
    const events: StoreEvent[] = [];
    for (const item of batch) {
      const { meta, previous, deleted, value } = item.change;
      if (previous !== undefined && previous.lease !== 0) this.#leases.detach(previous.lease, meta.key);
      if (meta.lease !== 0) this.#leases.attach(meta.lease, meta.key);
      const event: StoreEvent = {
        type: deleted ? 'delete' : 'put',
        entry: toEntry(meta, value),
        previous: previousEntry(item),
      };
      this.#recent.push(event, meta.position);
      events.push(event);
      this.#revisions.latest = meta.modRevision;
    }
    this.#watchers.dispatch(events, this.#revisions.latest);
  }

  #failed(error: StoreError): void {
    this.#keys.reset(this.#revisions.latest);
    this.#log.error('Cannot commit writes', { reason: error.reason, error: error.message });
  }

  async #expire(id: number): Promise<void> {
    try {
      await this.revokeLease(id);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#leases.keep(id);
    }
  }

  async #readHistory({ start, end }: KeyRange, from: number, to: number): Promise<HistoryPage | undefined> {
    try {
      return await this.#thread.call<'history'>({ type: 'history', from, to, start, end });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#log.error('Cannot read history for a watch', { reason: error.reason, error: error.message });
      return undefined;
    }
  }
}

function readMetas({ keys, numbers }: Opened): Meta[] {
  return keys.map((key, index) => {
    const at = index * numbersOfMeta;
    return {
      key,
      position: numbers[at] ?? 0,
      modRevision: numbers[at + 1] ?? 0,
      createRevision: numbers[at + 2] ?? 0,
      version: numbers[at + 3] ?? 0,
      lease: numbers[at + 4] ?? 0,
    };
  });
}

function previousEntry({ change, previousValue }: Landed): Entry | undefined {
  return change.previous && previousValue && toEntry(change.previous, previousValue);
}
