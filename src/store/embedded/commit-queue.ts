/**
 * Group commit: one batch is on its way to the disk, one is being gathered.
 *
 *   writes of this turn ──► gathering ──(when the one before has landed)──► in flight ──► landed, all answered
 *
 * The longer a commit takes, the more the next one carries. Writes in the gathering batch were decided on top of those
 * in flight; if that batch fails, they fail with it.
 *
 * Limits: `maxWrites` and `maxBytes` waiting; beyond them a write is refused with `unavailable`.
 */
import { StoreError } from '../store.ts';
import type { Lease } from '../store.ts';
import { isWanted } from './batch-writer.ts';
import type { BatchWriter, StoredBatch } from './batch-writer.ts';
import type { Change } from './key-space.ts';

const maxWrites = 50_000;
const maxBytes = 64 * 1024 * 1024;

/** What is answered together. One without changes waits for those before it. */
export interface Write {
  readonly changes: readonly Change[];
  readonly granted?: Lease;
  readonly revoked?: bigint;
  landed(changes: readonly Landed[]): void;
  failed(error: StoreError): void;
}

/** A change on disk, with the value that it superseded. */
export interface Landed {
  readonly change: Change;
  readonly previousValue: Uint8Array | undefined;
}

export interface CommitOwner {
  /** Called before the writes of the batch are answered. */
  landed(batch: readonly Landed[]): void;
  /** Nothing that was added and has not landed will be. Called before its writes are answered. */
  failed(error: StoreError): void;
}

export class CommitQueue {
  readonly #writer: BatchWriter;
  readonly #owner: CommitOwner;
  #gathering: Write[] = [];
  #gatheringBytes = 0;
  #busy = false;
  #fault: StoreError | undefined;
  #idle: (() => void)[] = [];

  constructor(writer: BatchWriter, owner: CommitOwner) {
    this.#writer = writer;
    this.#owner = owner;
  }

  /** What ended the taking of writes for good. */
  get fault(): StoreError | undefined {
    return this.#fault;
  }

  /** @throws StoreError `unavailable` when no more writes can be taken. To be called before a write is decided. */
  assertRoom(): void {
    if (this.#fault !== undefined) {
      const message = `The store takes no writes any more since a commit failed: ${this.#fault.message}`;
      throw new StoreError('unavailable', message, { cause: this.#fault });
    }
    if (this.#gathering.length >= maxWrites || this.#gatheringBytes >= maxBytes) {
      const waiting = `${this.#gathering.length} writes with ${this.#gatheringBytes} bytes are waiting for the disk`;
      throw new StoreError('unavailable', `The store is too busy: ${waiting}`);
    }
  }

  add(write: Write): void {
    this.#gathering.push(write);
    for (const { value } of write.changes) this.#gatheringBytes += value.byteLength;
    this.#start();
  }

  /** Takes no more writes: the database has failed to take what is in the log. What was taken is still answered. */
  end(error: StoreError): void {
    this.#fault ??= error;
  }

  /** Resolves when nothing is in flight or waiting. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#busy) return resolve();
      this.#idle.push(resolve);
    });
  }

  #start(): void {
    if (this.#busy) return;
    this.#busy = true;
    // At the end of the event loop's turn, so that whatever arrives in this turn goes along.
    setImmediate(() => void this.#commit());
  }

  async #commit(): Promise<void> {
    const writes = this.#gathering;
    this.#gathering = [];
    this.#gatheringBytes = 0;
    const landed = await this.#send(writes);
    this.#busy = false;
    if (landed instanceof StoreError) this.#fail(landed, writes);
    else {
      if (landed.length > 0) this.#owner.landed(landed);
      let first = 0;
      for (const write of writes) write.landed(landed.slice(first, (first += write.changes.length)));
    }
    if (this.#gathering.length > 0) return this.#start();
    for (const resolve of this.#idle) resolve();
    this.#idle = [];
  }

  async #send(writes: readonly Write[]): Promise<readonly Landed[] | StoreError> {
    const batch = joinWrites(writes);
    if (batch.changes.length === 0 && batch.granted.length === 0 && batch.revoked.length === 0) return [];
    try {
      const superseded = await this.#writer.write(batch);
      let next = 0;
      return batch.changes.map((change) => ({
        change,
        previousValue: isWanted(change) ? superseded[next++] : change.previousValue,
      }));
    } catch (error) {
      if (error instanceof StoreError) return error;
      throw error;
    }
  }

  #fail(error: StoreError, inFlight: readonly Write[]): void {
    // After any other error it is not known what is on disk: only opening it again tells.
    if (error.reason !== 'no-space') this.#fault = error;
    const failed = [...inFlight, ...this.#gathering];
    this.#gathering = [];
    this.#gatheringBytes = 0;
    this.#owner.failed(error);
    for (const write of failed) write.failed(error);
  }
}

function joinWrites(writes: readonly Write[]): StoredBatch {
  return {
    changes: writes.flatMap((write) => write.changes),
    granted: writes.flatMap((write) => write.granted ?? []),
    revoked: writes.flatMap((write) => write.revoked ?? []),
  };
}
