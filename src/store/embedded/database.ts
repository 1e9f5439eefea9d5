/**
 * The store on disk: everything that is asked of SQLite, on the thread that owns it.
 *
 * Nothing is decided here. Revisions, versions and conditions were settled in memory; what arrives is written as it is.
 * Batches come in one of two ways. With the write log they are durable when they arrive (`apply`), and one transaction
 * without an fsync takes many of them. Without it (`commit`) a batch is one transaction and one fsync, and it is answered
 * when it is on disk. Which records of the log the database holds, it says itself: `log_sequence`.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { StoreError } from '../store.ts';
import type { StoreEvent } from '../store.ts';
import { decodeRecord } from './batch-record.ts';
import type { BatchRecord } from './batch-record.ts';
import { lockDirectory } from './data-lock.ts';
import type { DataLock } from './data-lock.ts';
import { toFailure } from './failure.ts';
import { HighWaterMark } from './high-water-mark.ts';
import { forgetLog, lastSequence, logPaths, makeLogFiles, prepareLogFile, recordsBehind } from './log-files.ts';
import type {
  Applied,
  BeforeRequest,
  CommitRequest,
  Committed,
  HistoryPage,
  HistoryRequest,
  KeyBefore,
  Meta,
  Opened,
  OpenRequest,
  PackedValues,
  Size,
  ValuesRequest,
} from './messages.ts';
import { packValues } from './pack.ts';
import { newSalt, openDatabase, readPragma } from './schema.ts';
import { damagedValue, isIntact, sumOfRow } from './value-sum.ts';

/** A page of history is closed after so many rows or bytes, at the end of a transaction. */
const pageRows = 1000;
const pageBytes = 4 * 1024 * 1024;
/** Rows looked at in one slice of a compaction: a few milliseconds. */
const sliceRows = 200;

type Row = Readonly<Record<string, SQLOutputValue>>;

export class Database {
  readonly #database: DatabaseSync;
  readonly #lock: DataLock | undefined;
  readonly #mark: HighWaterMark | undefined;
  readonly #statements = new Map<string, StatementSync>();
  #selectValue: StatementSync | undefined;
  #pageBytesRead: number | undefined;
  readonly #maxBytes: number;
  /** With this much room on the disk and in the file, the write log may run ahead of the database. */
  readonly #ampleBytes: number;
  /** Undefined for a database in memory. */
  readonly #directory: string | undefined;
  /** What the log holds and the database does not: it could not take it when it came. */
  #behind: BatchRecord[] = [];
  #synchronous: 'FULL' | 'NORMAL' = 'FULL';

  constructor({ directory, maxBytes, ampleBytes }: OpenRequest) {
    this.#maxBytes = maxBytes;
    this.#ampleBytes = ampleBytes;
    if (directory === ':memory:') {
      this.#database = openDatabase(':memory:', maxBytes);
      return;
    }
    this.#directory = directory;
    makeDirectory(directory);
    this.#lock = lockDirectory(directory);
    this.#mark = new HighWaterMark(directory);
    try {
      this.#database = openDatabase(join(directory, 'store.db'), maxBytes);
    } catch (error) {
      this.#lock.release();
      throw error;
    }
  }

  /** Takes over what the last process left in the log. To be called first. @throws StoreError `corrupt` or `no-space`. */
  recover(): void {
    if (this.#directory === undefined) return;
    makeLogFiles(this.#directory);
    const salt = this.#logSalt();
    const records = recordsBehind(this.#directory, this.#logSequence(), salt);
    if (records.length > 0) this.#writeWhereRoomIs(records, 'FULL');
    // A killed process may have left transactions that were never synced; the log that has them is written anew from here on.
    else if (lastSequence(this.#directory, salt) > 0) this.#sync();
    // Nothing of the log is needed any more: what comes next is written with a salt that nobody can have guessed.
    if (salt === 0) this.#database.exec(`UPDATE compaction SET log_salt = ${newSalt}; PRAGMA wal_checkpoint(TRUNCATE)`);
  }

  /** Reads what the serving thread keeps in memory. */
  readAll(): Opened {
    // Leases are ids of 64 bits, more than a number holds; bigints for all columns would take longer.
    const latest = this.#database.prepare(`SELECT key, max(revision), position, create_revision, version,
      lease >> 32, lease & 4294967295, deleted
      FROM change INDEXED BY change_by_key GROUP BY key ORDER BY key`);
    // An object for each row would take twice the time.
    latest.setReturnArrays(true);
    const keys: string[] = [];
    const numbers: number[] = [];
    const leaseOfKey: bigint[] = [];
    let before: string | undefined;
    for (const row of latest.iterate() as Iterable<readonly SQLOutputValue[]>) {
      const [keyOfRow, revision, position, createRevision, version, leaseHigh, leaseLow, deleted] = row;
      const key = String(keyOfRow);
      // The index comes as it lies on the disk: a key that was damaged there stands out of its order.
      if (before !== undefined && key <= before)
        throw new StoreError('corrupt', 'its index is damaged: keys are out of order');
      before = key;
      if (deleted === 1) continue;
      keys.push(key);
      numbers.push(Number(position), Number(revision), Number(createRevision), Number(version));
      leaseOfKey.push(
        leaseHigh === 0 && leaseLow === 0 ? 0n : (BigInt(Number(leaseHigh)) << 32n) | BigInt(Number(leaseLow)),
      );
    }
    const last = this.#sql('SELECT position, revision FROM change ORDER BY position DESC LIMIT 1').get();
    const compactRevision = integer(this.#sql('SELECT revision FROM compaction').get(), 'revision');
    const leases = this.#sql('SELECT id, ttl_seconds FROM lease').all();
    const revision = Math.max(1, compactRevision, last === undefined ? 0 : integer(last, 'revision'));
    this.#mark?.assertReached(revision);
    return {
      revision,
      compactRevision,
      lastPosition: Math.max(
        last === undefined ? 0 : integer(last, 'position'),
        integer(this.#sql('SELECT swept_position FROM compaction').get(), 'swept_position'),
      ),
      keys,
      numbers: Float64Array.from(numbers),
      leaseOfKey: BigInt64Array.from(leaseOfKey),
      leases: leases.map((row) => ({ id: bigint(row, 'id'), ttlSeconds: integer(row, 'ttl_seconds') })),
      logSequence: this.#logSequence(),
      logSalt: this.#logSalt(),
      logPaths: this.#directory === undefined ? [] : logPaths(this.#directory),
      ...this.#room(),
    };
  }

  /** Writes a batch to the disk and returns the superseded values that were asked for. */
  commit({ record, wanted }: CommitRequest): Committed {
    this.catchUp();
    const superseded = this.superseded(wanted);
    this.#writeWhereRoomIs([decodeRecord(record)], 'FULL');
    return { ...superseded, ...this.#room() };
  }

  /**
   * Writes batches that are on disk already, in the log.
   * @throws StoreError `no-space`: they are kept, and `catchUp` tries again.
   */
  apply(records: readonly Uint8Array[]): Applied {
    this.#behind.push(...records.map(decodeRecord));
    this.catchUp();
    return this.#room();
  }

  /** To be called before changes are read in their order. @throws StoreError `no-space` while the database lacks what the log holds. */
  catchUp(): void {
    if (this.#behind.length === 0) return;
    this.#writeWhereRoomIs(this.#behind, 'NORMAL');
    this.#behind = [];
  }

  /** Enough where nothing wrong can be read: what is missing is kept in the log, for the next opening if need be. */
  triesToCatchUp(): boolean {
    try {
      this.catchUp();
      return true;
    } catch {
      return false;
    }
  }

  /** Makes a file of the log fit to be written from its beginning: what stands in it is in the database, on disk. */
  recycleLogFile(path: string): void {
    this.catchUp();
    this.#sync();
    prepareLogFile(path);
  }

  /** The values that these changes put, damaged or not: writing over a damaged value is how it is mended. */
  superseded(positions: Float64Array): PackedValues {
    const values = packValues(Array.from(positions, (position) => bytes(this.#rowOf(position))));
    if (!values.lengths.includes(-1)) return values;
    throw new StoreError('corrupt', 'Cannot commit: rows of current keys are missing from the database');
  }

  values({ positions, expected }: ValuesRequest): PackedValues {
    const read = (): PackedValues =>
      packValues(
        Array.from(positions, (position, index) => {
          const key = expected?.keys[index];
          const revision = expected?.revisions[index];
          return this.#value(position, key === undefined || revision === undefined ? undefined : { key, revision });
        }),
      );
    // Each statement by itself would take SQLite's locks and let them go.
    return positions.length > 1 ? this.#transaction(read, 'BEGIN') : read();
  }

  history(request: HistoryRequest): HistoryPage {
    const events: StoreEvent[] = [];
    let rows = 0;
    let size = 0;
    let revision = 0;
    const select = this.#sql('SELECT * FROM change WHERE position >= ? ORDER BY position');
    for (const row of select.iterate(this.#firstPosition(request.from))) {
      const next = integer(row, 'revision');
      if (next > request.to) break;
      if (next > revision && (rows >= pageRows || size >= pageBytes)) return { events, revision };
      revision = next;
      rows += 1;
      if (!isBetween(text(row, 'key'), request)) continue;
      const event = this.#toEvent(row);
      events.push(event);
      size += event.entry.value.byteLength + (event.previous?.value.byteLength ?? 0);
    }
    return { events, revision: request.to };
  }

  before(request: BeforeRequest): KeyBefore[] {
    const changed = new Set<string>();
    const select = this.#sql('SELECT key, revision FROM change WHERE position >= ? ORDER BY position');
    for (const row of select.iterate(this.#firstPosition(request.revision + 1))) {
      if (integer(row, 'revision') > request.to) break;
      const key = text(row, 'key');
      if (isBetween(key, request)) changed.add(key);
    }
    const latest = this.#sql(
      'SELECT * FROM change INDEXED BY change_by_key WHERE key = ? AND revision <= ? ORDER BY revision DESC LIMIT 1',
    );
    return Array.from(changed, (key) => {
      const row = latest.get(key, request.revision);
      return { key, meta: row === undefined || isDeleted(row) ? undefined : toMeta(row) };
    });
  }

  /** Makes the compaction known; sweeping follows. */
  startCompaction(revision: number): void {
    this.#settle('FULL');
    this.#sql('UPDATE compaction SET revision = max(revision, ?)').run(revision);
  }

  /**
   * Deletes some of the rows that the compaction made unreadable; returns whether more are left.
   *
   * Only what changed since the last sweep can have superseded something, so each row is looked at in one sweep only:
   * it drops the older rows of its key, and itself if it is a tombstone.
   */
  sweep(): boolean {
    const state = this.#sql('SELECT revision, swept_position FROM compaction').get();
    const rows = this.#sql(
      'SELECT position, key, revision, deleted FROM change WHERE position > ? ORDER BY position LIMIT ?',
    ).all(integer(state, 'swept_position'), sliceRows);
    const due = rows.filter((row) => integer(row, 'revision') <= integer(state, 'revision'));
    const last = due.at(-1);
    if (last === undefined) return false;
    this.#transaction(() => {
      const drop = this.#sql('DELETE FROM change WHERE key = ? AND revision < ?');
      for (const row of due) drop.run(text(row, 'key'), integer(row, 'revision') + integer(row, 'deleted'));
      this.#sql('UPDATE compaction SET swept_position = ?').run(integer(last, 'position'));
    });
    return due.length === sliceRows;
  }

  size(): Size {
    const bytes = this.#fileBytes();
    return { bytes, bytesInUse: bytes - readPragma(this.#database, 'freelist_count') * this.#pageBytes };
  }

  /** Writes the file anew. Nothing else is served meanwhile, and the disk needs room for a second copy. */
  defragment(): void {
    this.#database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    const whole = this.#triesToSync();
    this.#mark?.write();
    // Moves SQLite's log into the file, unless somebody reads beside or the disk is full.
    this.#database.close();
    if (whole && this.#directory !== undefined) forgetLog(this.#directory);
    this.#lock?.release();
  }

  /** All that was committed is on disk then. SQLite writes no page, and so syncs nothing, where a row stays as it is. */
  #sync(): void {
    this.#settle('FULL');
    this.#transaction(() => {
      for (const by of [1, -1]) this.#sql('UPDATE compaction SET log_sequence = log_sequence + ?').run(by);
    });
  }

  #triesToSync(): boolean {
    try {
      this.catchUp();
      if (this.#synchronous === 'NORMAL') this.#sync();
      return true;
    } catch {
      return false;
    }
  }

  #logSalt(): number {
    return integer(this.#sql('SELECT log_salt FROM compaction').get(), 'log_salt');
  }

  #logSequence(): number {
    return integer(this.#sql('SELECT log_sequence FROM compaction').get(), 'log_sequence');
  }

  #rowOf(position: number): Row | undefined {
    this.#selectValue ??= this.#database.prepare('SELECT key, revision, value, sum FROM change WHERE position = ?');
    return this.#selectValue.get(position);
  }

  /** @throws StoreError `corrupt` when it is not what was written. */
  #value(position: number, expected?: { readonly key: string; readonly revision: number }): Uint8Array | undefined {
    const row = this.#rowOf(position);
    const value = bytes(row);
    if (row === undefined || value === undefined) return undefined;
    const found = { key: text(row, 'key'), revision: integer(row, 'revision') };
    const { key, revision } = expected ?? found;
    const asExpected = key === found.key && revision === found.revision;
    if (asExpected && isIntact({ key, revision, value }, row['sum'])) return value;
    throw damagedValue(key, revision);
  }

  #writeWhereRoomIs(records: readonly BatchRecord[], synchronous: 'FULL' | 'NORMAL'): void {
    this.#settle(synchronous);
    try {
      this.#write(records);
    } catch (error) {
      if (toFailure(error).reason !== 'no-space') throw error;
      // SQLite's log may hold many versions of the same pages: moving them into the file makes room where there is any.
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      this.#write(records);
    }
    const latest = records.findLast(({ changes }) => changes.length > 0)?.changes.at(-1);
    if (latest !== undefined) this.#mark?.note(latest.meta.modRevision);
  }

  #write(records: readonly BatchRecord[]): void {
    const insert = this.#sql('INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#transaction(() => {
      for (const { changes, granted, revoked } of records) {
        for (const { meta, deleted, value } of changes) {
          const { position, modRevision, key, createRevision, version, lease } = meta;
          const sum = sumOfRow(key, modRevision, value);
          insert.run(position, modRevision, key, createRevision, version, lease, deleted ? 1 : 0, value, sum);
        }
        for (const lease of granted) this.#sql('INSERT INTO lease VALUES (?, ?)').run(lease.id, lease.ttlSeconds);
        for (const id of revoked) this.#sql('DELETE FROM lease WHERE id = ?').run(id);
      }
      this.#sql('UPDATE compaction SET log_sequence = ?').run(records.at(-1)?.sequence ?? 0);
    });
  }

  /** NORMAL: a transaction is not synced, and all are lost from one on or none. FULL: it is, and all before it are. */
  #settle(synchronous: 'FULL' | 'NORMAL'): void {
    if (this.#synchronous === synchronous) return;
    this.#database.exec(`PRAGMA synchronous = ${synchronous}`);
    this.#synchronous = synchronous;
  }

  #room(): Applied {
    const fileBytes = this.#fileBytes();
    if (this.#directory === undefined || this.#maxBytes - fileBytes < this.#ampleBytes)
      return { fileBytes, isAmple: false };
    const { bavail, bsize } = statfsSync(this.#directory);
    return { fileBytes, isAmple: bavail * bsize >= this.#ampleBytes };
  }

  get #pageBytes(): number {
    return (this.#pageBytesRead ??= readPragma(this.#database, 'page_size'));
  }

  #fileBytes(): number {
    return integer(this.#sql('PRAGMA page_count').get(), 'page_count') * this.#pageBytes;
  }

  #toEvent(row: Row): StoreEvent {
    const older = this.#sql(
      'SELECT * FROM change INDEXED BY change_by_key WHERE key = ? AND revision < ? ORDER BY revision DESC LIMIT 1',
    ).get(text(row, 'key'), integer(row, 'revision'));
    return {
      type: isDeleted(row) ? 'delete' : 'put',
      entry: toEntry(row),
      previous: older === undefined || isDeleted(older) ? undefined : toEntry(older),
    };
  }

  /** The first row of this revision or a later one. Revisions grow with rows: a binary search does without an index. */
  #firstPosition(revision: number): number {
    const next = this.#sql('SELECT position, revision FROM change WHERE position >= ? ORDER BY position LIMIT 1');
    const last = this.#sql('SELECT max(position) AS position FROM change').get();
    let low = 0;
    let high = integer(last, 'position') + 1 || 0;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = next.get(middle);
      if (row !== undefined && integer(row, 'revision') < revision) low = integer(row, 'position') + 1;
      else high = middle;
    }
    return low;
  }

  #transaction<Result>(work: () => Result, begin: 'BEGIN' | 'BEGIN IMMEDIATE' = 'BEGIN IMMEDIATE'): Result {
    this.#database.exec(begin);
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite has rolled back by itself after some errors, a full disk among them.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #sql(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = this.#database.prepare(text);
      statement.setReadBigInts(true);
      this.#statements.set(text, statement);
    }
    return statement;
  }
}

/** Makes the directory last through a loss of power, as what is written into it must. */
function makeDirectory(directory: string): void {
  const first = mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (first === undefined || process.platform === 'win32') return;
  for (let made = directory; made.length >= first.length; made = dirname(made)) {
    const parent = openSync(dirname(made), 'r');
    fsyncSync(parent);
    closeSync(parent);
  }
}

function toMeta(row: Row): Meta {
  return {
    key: text(row, 'key'),
    position: integer(row, 'position'),
    createRevision: integer(row, 'create_revision'),
    modRevision: integer(row, 'revision'),
    version: integer(row, 'version'),
    lease: bigint(row, 'lease'),
  };
}

function toEntry(row: Row): StoreEvent['entry'] {
  const { key, createRevision, modRevision, version, lease } = toMeta(row);
  const value = bytes(row) ?? new Uint8Array(0);
  if (!isIntact({ key, revision: modRevision, value }, row['sum'])) throw damagedValue(key, modRevision);
  return { key, value, createRevision, modRevision, version, lease };
}

function isDeleted(row: Row): boolean {
  return integer(row, 'deleted') === 1;
}

function bigint(row: Row, column: string): bigint {
  const value = row[column];
  return typeof value === 'bigint' ? value : 0n;
}

function integer(row: Row | undefined, column: string): number {
  return Number(row?.[column]);
}

function text(row: Row, column: string): string {
  return String(row[column]);
}

function bytes(row: Row | undefined): Uint8Array | undefined {
  const value = row?.['value'];
  return value instanceof Uint8Array ? value : undefined;
}

function isBetween(key: string, range: { readonly start: string; readonly end: string }): boolean {
  return key >= range.start && key < range.end;
}
