/**
 * Brings one batch after the other to the disk.
 *
 *   room is ample    record ──► write log, durable, answered ──► database, a few milliseconds later
 *   room is scarce   record ──► database, durable, answered
 *
 * The second way is slower, but what finds no room is known before it is answered. It is the only way for a database in
 * memory, and what a log is left for when its disk is full.
 */
import { StoreError } from '../store.ts';
import { encodeRecord } from './batch-record.ts';
import type { Batch } from './batch-record.ts';
import type { DatabaseThread } from './database-thread.ts';
import { toFailure } from './failure.ts';
import type { Change } from './key-space.ts';
import type { Applied, Opened } from './messages.ts';
import { unpackValues } from './pack.ts';
import { WriteLog } from './write-log.ts';

/** The log may run ahead of the database by this much, and one batch. */
const maxAheadBytes = 32 * 1024 * 1024;

export interface StoredBatch extends Batch {
  readonly changes: readonly Change[];
}

export interface BatchWriterOwner {
  /** The batch is on disk for good, and the database has this size; undefined when it has yet to find room for it. */
  applied(batch: StoredBatch, fileBytes: number | undefined): void;
  /** The database cannot take what is in the log, for another reason than want of room. */
  broken(error: StoreError): void;
}

export class BatchWriter {
  readonly #thread: DatabaseThread;
  readonly #owner: BatchWriterOwner;
  readonly #log: WriteLog | undefined;
  readonly #salt: number;
  #sequence: number;
  #isAmple: boolean;
  #aheadBytes = 0;

  constructor(thread: DatabaseThread, opened: Opened, owner: BatchWriterOwner) {
    this.#thread = thread;
    this.#owner = owner;
    this.#sequence = opened.logSequence;
    this.#salt = opened.logSalt;
    this.#isAmple = opened.isAmple;
    if (opened.logPaths.length === 0) return;
    this.#log = new WriteLog({
      paths: opened.logPaths,
      recycle: (path) => thread.call<'recycle'>({ type: 'recycle', path }),
    });
  }

  /**
   * Resolves when the batch is on disk, with the superseded values that are not in memory, in the order of changes.
   * One at a time.
   * @throws StoreError `no-space`, with nothing written; another when it is not known what is on disk.
   */
  async write(batch: StoredBatch): Promise<readonly (Uint8Array | undefined)[]> {
    const record = encodeRecord(this.#sequence + 1, batch, this.#salt);
    const wanted = Float64Array.from(batch.changes.filter(isWanted), (change) => change.previous?.position ?? 0);
    const superseded =
      this.#log !== undefined && this.#isAmple
        ? ((await this.#append(this.#log, record, batch, wanted)) ?? (await this.#commit(record, batch, wanted)))
        : await this.#commit(record, batch, wanted);
    this.#sequence += 1;
    return superseded;
  }

  close(): void {
    this.#log?.close();
  }

  /** Undefined when the log found no room. */
  async #append(
    log: WriteLog,
    record: Uint8Array<ArrayBuffer>,
    batch: StoredBatch,
    wanted: Float64Array<ArrayBuffer>,
  ): Promise<readonly (Uint8Array | undefined)[] | undefined> {
    // Any call comes back behind all that was handed over before it.
    if (this.#aheadBytes > maxAheadBytes) await this.#thread.call<'size'>({ type: 'size' });
    // Before the log has the record: what fails now has written nothing.
    const superseded = wanted.length === 0 ? [] : await this.#readSuperseded(wanted);
    try {
      await log.append(record, batch.changes.length === 1);
    } catch (error) {
      const { reason, message } = toFailure(error);
      if (reason !== 'no-space') throw new StoreError(reason, message, { cause: error });
      return undefined;
    }
    const { byteLength } = record;
    this.#aheadBytes += byteLength;
    this.#thread.apply(record, (outcome) => {
      this.#aheadBytes -= byteLength;
      this.#applied(batch, outcome);
    });
    log.turn();
    return superseded;
  }

  async #readSuperseded(positions: Float64Array<ArrayBuffer>): Promise<readonly (Uint8Array | undefined)[]> {
    return unpackValues(await this.#thread.call<'superseded'>({ type: 'superseded', positions }));
  }

  async #commit(
    record: Uint8Array<ArrayBuffer>,
    batch: StoredBatch,
    wanted: Float64Array<ArrayBuffer>,
  ): Promise<readonly (Uint8Array | undefined)[]> {
    const { fileBytes, isAmple, ...superseded } = await this.#thread.call<'commit'>({ type: 'commit', record, wanted });
    this.#log?.restart();
    this.#applied(batch, { fileBytes, isAmple });
    return unpackValues(superseded);
  }

  #applied(batch: StoredBatch, outcome: Applied | StoreError): void {
    if (!(outcome instanceof StoreError)) {
      this.#isAmple = outcome.isAmple;
      return this.#owner.applied(batch, outcome.fileBytes);
    }
    // The log has it. What comes next waits until the database has taken that, too.
    this.#isAmple = false;
    if (outcome.reason === 'no-space') this.#owner.applied(batch, undefined);
    else this.#owner.broken(outcome);
  }
}

/** Whether the value that a change supersedes has to be read for its event. */
export function isWanted(change: Change): boolean {
  return change.previous !== undefined && change.previousValue === undefined;
}
