/**
 * The store on the serving thread: decides in memory, writes through the database thread.
 *
 *   transact ──► KeySpace: conditions, revisions ──► CommitQueue ──► write log (one sync a batch) ──► database thread
 *                                                        │
 *   watch  ◄── Watchers ◄── RecentHistory ◄── landed ◄───┘
 *   range  ◄── KeySpace.committed, values from RecentHistory or the database
 *
 * Invariant: `revision`, reads and events show only what is on disk.
 */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { keyAfter } from '../key.ts';
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
import { Alarms } from './alarms.ts';
import { startAutoCompaction, type Retention } from './auto-compaction.ts';
import { BatchWriter } from './batch-writer.ts';
import { CommitQueue } from './commit-queue.ts';
import type { Landed, Write } from './commit-queue.ts';
import type { DatabaseThread } from './database-thread.ts';
import { KeyIndex } from '../key-index.ts';
import { KeySpace } from './key-space.ts';
import type { Change } from './key-space.ts';
import { Leases } from './leases.ts';
import type { LeaseState } from './leases.ts';
import { numbersOfMeta } from './messages.ts';
import type { HistoryPage, Meta, Opened, Size } from './messages.ts';
import { unpackValues } from './pack.ts';
import { readEntries, readRange, toEntry } from './read-range.ts';
import type { ReadContext, Revisions } from './read-range.ts';
import { ReadValues } from './read-values.ts';
import { RecentHistory } from './recent-history.ts';
import type { HistoryLimits } from './recent-history.ts';
import { SpaceQuota } from './space-quota.ts';
import { Transaction } from './transaction.ts';
import { Watchers } from './watchers.ts';
import type { KeyRange } from './watcher-index.ts';

/** How often a transaction is decided anew for want of values before it is given up. */
const maxRounds = 10;

export interface EmbeddedStoreParts {
  readonly directory: string;
  readonly thread: DatabaseThread;
  readonly opened: Opened;
  readonly clock: Clock;
  readonly log: Log;
  readonly history: HistoryLimits;
  /** Bytes of values that are kept in memory when they are read again. */
  readonly readValuesBytes: number;
  /** Size of the database beyond which puts raise the alarm NOSPACE. */
  readonly quotaBytes: number;
  /** What is kept of the history; undefined: all. */
  readonly retention: Retention | undefined;
}

export class EmbeddedStore implements Store {
  /** Where its file lies; `:memory:` when it has none. */
  readonly directory: string;
  readonly alarms: Alarms;
  readonly #thread: DatabaseThread;
  readonly #quota: SpaceQuota;
  readonly #log: Log;
  readonly #revisions: Revisions;
  readonly #reading: ReadContext;
  readonly #keys: KeySpace;
  readonly #recent: RecentHistory;
  readonly #writer: BatchWriter;
  readonly #queue: CommitQueue;
  readonly #watchers: Watchers;
  readonly #leases: Leases;
  readonly #stopCompaction: () => void;
  #closed: Promise<void> | undefined;

  constructor(parts: EmbeddedStoreParts) {
    const { directory, thread, opened, clock, log, history, readValuesBytes, quotaBytes, retention } = parts;
    this.directory = directory;
    this.alarms = new Alarms(directory === ':memory:' ? undefined : directory);
    const { fileBytes } = opened;
    this.#quota = new SpaceQuota({ limitBytes: quotaBytes, fileBytes, alarms: this.alarms, log });
    this.#thread = thread;
    this.#log = log;
    this.#revisions = { latest: opened.revision, compacted: opened.compactRevision };
    const metas = readMetas(opened);
    this.#keys = new KeySpace(new KeyIndex(metas), opened.revision, opened.lastPosition);
    this.#recent = new RecentHistory(history, opened.revision);
    const values = new ReadValues(readValuesBytes);
    this.#reading = { thread, index: this.#keys.committed, recent: this.#recent, values, revisions: this.#revisions };
    this.#writer = new BatchWriter(thread, opened, {
      applied: ({ changes }, bytes) => this.#applied(changes, bytes),
      broken: (error) => this.#broken(error),
    });
    this.#queue = new CommitQueue(this.#writer, {
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
    for (const meta of metas) if (meta.lease !== 0n) this.#leases.attach(meta.lease, meta.key);
    for (const lease of opened.leases) this.#leases.start(lease.id);
    this.#stopCompaction =
      retention === undefined ? () => undefined : startAutoCompaction({ store: this, clock, log, retention });
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

  /**
   * Carries out what `decide` puts and deletes as one transaction. Resolves when that, and all it was decided on, is on disk.
   *
   * `decide` sees the latest state, must not wait, and may be called again when a value has to be read first.
   * @throws whatever `decide` throws, with nothing changed, and what `transact` throws.
   */
  async transactBy<Result>(decide: (transaction: Transaction) => Result): Promise<Result> {
    this.#assertOpen();
    const known = new Map<number, Uint8Array>();
    for (let round = 0; round < maxRounds; round += 1) {
      const transaction = this.#begin(known);
      const result = decide(transaction);
      if (transaction.missing.size > 0) {
        await this.#readValues([...transaction.missing], known);
        continue;
      }
      const { changes } = transaction;
      if (changes.length > 0) this.#queue.assertRoom();
      else if (!this.#keys.isStaging) return result;
      this.#quota.take(putsOf(changes));
      this.#keys.stage(changes);
      await this.#write({ changes });
      return result;
    }
    throw new StoreError('unavailable', 'Cannot decide a transaction: the values that it needs keep changing');
  }

  watch(key: string, options: WatchOptions, sink: WatchSink): () => void {
    this.#assertOpen();
    const range = { start: key, end: options.end ?? keyAfter(key) };
    return this.#watchers.add(range, options.fromRevision ?? this.#revisions.latest + 1, sink);
  }

  async grantLease(ttlSeconds: number, id: bigint = this.#leases.freeId()): Promise<Lease> {
    this.#assertOpen();
    this.#queue.assertRoom();
    if (this.#leases.has(id)) throw new StoreError('lease-exists', `Cannot grant lease ${id}: it exists already`);
    const lease = { id, ttlSeconds: Math.max(1, Math.ceil(ttlSeconds)) };
    this.#leases.reserve(lease);
    await this.#write({ changes: [], granted: lease });
    return lease;
  }

  async keepLeaseAlive(id: bigint): Promise<Lease | undefined> {
    this.#assertOpen();
    return this.#leases.keepAlive(id);
  }

  async revokeLease(id: bigint): Promise<boolean> {
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

  /** @param untilSwept Waits until the rows are gone, rather than for the compaction to be on disk. */
  async compact(revision: number, untilSwept = true): Promise<void> {
    this.#assertOpen();
    if (revision > this.#revisions.latest) {
      throw new StoreError(
        'future-revision',
        `Cannot compact at revision ${revision}: the latest is ${this.#revisions.latest}`,
      );
    }
    const { compacted } = this.#revisions;
    if (revision <= compacted) {
      throw new StoreError(
        'compacted',
        `Cannot compact at revision ${revision}: the store is compacted up to ${compacted}`,
      );
    }
    this.#revisions.compacted = revision;
    await this.#thread.call<'compact'>({ type: 'compact', revision, untilSwept });
  }

  /** Leases that have not ended, the one with the least time left first. */
  leases(): readonly LeaseState[] {
    return this.#leases.all();
  }

  describeLease(id: bigint): LeaseState | undefined {
    return this.#leases.describe(id);
  }

  /** Size of the database beyond which puts raise the alarm NOSPACE; Infinity for none. */
  get quotaBytes(): number {
    return this.#quota.limitBytes;
  }

  /** @throws StoreError `no-space` when nothing may be put. */
  assertSpace(): void {
    this.#quota.assertSpace();
  }

  size(): Promise<Size> {
    this.#assertOpen();
    return this.#thread.call<'size'>({ type: 'size' });
  }

  /** Makes the file as small as what it holds. Writes wait meanwhile. */
  async defragment(): Promise<void> {
    this.#assertOpen();
    await this.#thread.call<'defragment'>({ type: 'defragment' });
    this.#quota.measured((await this.size()).bytes);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#leases.stop();
    this.#stopCompaction();
    await this.#queue.idle();
    this.#watchers.endAll({ reason: 'closed' });
    try {
      await this.#thread.call<'close'>({ type: 'close' });
    } finally {
      this.#writer.close();
      await this.#thread.end();
    }
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw new StoreError('closed', 'The store is closed');
  }

  #stage(operations: readonly Operation[]): readonly Change[] {
    const transaction = this.#begin();
    transaction.carryOut(operations);
    this.#quota.take(putsOf(transaction.changes));
    this.#keys.stage(transaction.changes);
    return transaction.changes;
  }

  #begin(known?: ReadonlyMap<number, Uint8Array>): Transaction {
    return new Transaction({
      keys: this.#keys,
      leaseIsAlive: (id) => this.#leases.get(id) !== undefined,
      recentValue: (position) => this.#recent.value(position) ?? known?.get(position),
    });
  }

  async #readValues(wanted: readonly number[], known: Map<number, Uint8Array>): Promise<void> {
    const positions = Float64Array.from(wanted);
    const values = unpackValues(await this.#thread.call<'values'>({ type: 'values', positions }, [positions.buffer]));
    for (const [index, position] of wanted.entries()) {
      const value = values[index];
      if (value !== undefined) known.set(position, value);
    }
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
          this.#quota.settle(putsOf(write.changes));
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

  #applied(changes: readonly Change[], fileBytes: number | undefined): void {
    if (fileBytes !== undefined) this.#quota.measured(fileBytes);
    this.#quota.settle(putsOf(changes));
  }

  #broken(error: StoreError): void {
    this.#queue.end(error);
    this.#log.error('The database cannot take what the write log holds', {
      reason: error.reason,
      error: error.message,
    });
  }

  #landed(batch: readonly Landed[]): void {
    this.#keys.land(batch.map(({ change }) => change));
    const events: StoreEvent[] = [];
    for (const item of batch) {
      const { meta, previous, deleted, value } = item.change;
      if (previous !== undefined && previous.lease !== 0n) this.#leases.detach(previous.lease, meta.key);
      if (meta.lease !== 0n) this.#leases.attach(meta.lease, meta.key);
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

  async #expire(id: bigint): Promise<void> {
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

function readMetas({ keys, numbers, leaseOfKey }: Opened): Meta[] {
  return keys.map((key, index) => {
    const at = index * numbersOfMeta;
    return {
      key,
      position: numbers[at] ?? 0,
      modRevision: numbers[at + 1] ?? 0,
      createRevision: numbers[at + 2] ?? 0,
      version: numbers[at + 3] ?? 0,
      // Reading the array makes a new bigint each time.
      lease: leaseOfKey[index] || 0n,
    };
  });
}

const putsOf = (changes: readonly Change[]): Uint8Array[] =>
  changes.filter(({ deleted }) => !deleted).map(({ value }) => value);

function previousEntry({ change, previousValue }: Landed): Entry | undefined {
  return change.previous && previousValue && toEntry(change.previous, previousValue);
}
