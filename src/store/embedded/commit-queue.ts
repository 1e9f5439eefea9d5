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
import type { DatabaseThread } from './database-thread.ts';
import type { Change } from './key-space.ts';
import { numbersOfChange } from './messages.ts';
import type { CommitRequest } from './messages.ts';
import { buffersOf, packValues, unpackValues, worthTransferring } from './pack.ts';

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

interface Outcome {
  readonly landed: readonly Landed[];
  /** Size of the database; 0 where nothing was written. */
  readonly fileBytes: number;
}

export interface CommitOwner {
  /** Called before the writes of the batch are answered. */
  landed(batch: readonly Landed[], fileBytes: number): void;
  /** Nothing that was added and has not landed will be. Called before its writes are answered. */
  failed(error: StoreError): void;
}

export class CommitQueue {
  readonly #thread: DatabaseThread;
  readonly #owner: CommitOwner;
  #gathering: Write[] = [];
  #gatheringBytes = 0;
  #busy = false;
  #fault: StoreError | undefined;
  #idle: (() => void)[] = [];

  constructor(thread: DatabaseThread, owner: CommitOwner) {
    this.#thread = thread;
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
    const outcome = await this.#send(writes);
    this.#busy = false;
    if (outcome instanceof StoreError) this.#fail(outcome, writes);
    else {
      const { landed, fileBytes } = outcome;
      if (landed.length > 0) this.#owner.landed(landed, fileBytes);
      let first = 0;
      for (const write of writes) write.landed(landed.slice(first, (first += write.changes.length)));
    }
    if (this.#gathering.length > 0) return this.#start();
    for (const resolve of this.#idle) resolve();
    this.#idle = [];
  }

  async #send(writes: readonly Write[]): Promise<Outcome | StoreError> {
    const changes = writes.flatMap((write) => write.changes);
    if (changes.length === 0 && writes.every((write) => write.granted === undefined && write.revoked === undefined)) {
      return { landed: [], fileBytes: 0 };
    }
    const request = toRequest(writes, changes);
    try {
      const { numbers, leaseOfChange, values } = request;
      const transfer = worthTransferring([numbers.buffer, leaseOfChange.buffer, ...buffersOf(values)]);
      const { fileBytes, ...packed } = await this.#thread.call<'commit'>(request, transfer);
      const superseded = unpackValues(packed);
      let next = 0;
      const landed = changes.map((change) => ({
        change,
        previousValue: isWanted(change) ? superseded[next++] : change.previousValue,
      }));
      return { landed, fileBytes };
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

function isWanted(change: Change): boolean {
  return change.previous !== undefined && change.previousValue === undefined;
}

function toRequest(writes: readonly Write[], changes: readonly Change[]): CommitRequest {
  const numbers = new Float64Array(changes.length * numbersOfChange);
  for (const [index, { meta, deleted }] of changes.entries()) {
    const { position, modRevision, createRevision, version } = meta;
    numbers.set([position, modRevision, createRevision, version, deleted ? 1 : 0], index * numbersOfChange);
  }
  return {
    type: 'commit',
    keys: changes.map((change) => change.meta.key),
    numbers,
    leaseOfChange: BigInt64Array.from(changes, (change) => change.meta.lease),
    values: packValues(changes.map((change) => change.value)),
    granted: writes.flatMap((write) => write.granted ?? []),
    revoked: writes.flatMap((write) => write.revoked ?? []),
    wanted: Float64Array.from(changes.filter(isWanted), (change) => change.previous?.position ?? 0),
  };
}
