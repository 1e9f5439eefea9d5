/**
 * A transaction while it is decided, against the latest state, whether that is on disk or in flight: what was put and
 * deleted so far is seen by what follows.
 *
 * Deciding is synchronous, so nothing comes in between. A value that is not in memory cannot be waited for: it is noted
 * as missing, and once it has been read the transaction is decided anew.
 */
import { isByteString } from '../key.ts';
import { StoreError } from '../store.ts';
import type { Entry, Operation } from '../store.ts';
import type { Change, KeySpace } from './key-space.ts';
import type { Meta } from './messages.ts';

const empty = new Uint8Array(0);

export interface TransactionContext {
  readonly keys: KeySpace;
  readonly leaseIsAlive: (id: bigint) => boolean;
  /** The value put at a position, if it is in memory. */
  readonly recentValue: (position: number) => Uint8Array | undefined;
}

export class Transaction {
  readonly #context: TransactionContext;
  readonly #changes = new Map<string, Change>();
  /** Positions of values that were wanted and are not in memory. */
  readonly missing = new Set<number>();

  constructor(context: TransactionContext) {
    this.#context = context;
  }

  get changes(): readonly Change[] {
    return [...this.#changes.values()];
  }

  /** The revision of the store once the transaction, as decided so far, has been carried out. */
  get revision(): number {
    return this.#context.keys.stagedRevision + (this.#changes.size > 0 ? 1 : 0);
  }

  get(key: string): Meta | undefined {
    const change = this.#changes.get(key);
    if (change === undefined) return this.#context.keys.latest(key);
    return change.deleted ? undefined : change.meta;
  }

  /** @param end First key that is no longer part of the range. */
  between(start: string, end: string): Meta[] {
    const found = this.#context.keys.latestBetween(start, end);
    if (this.#changes.size === 0) return found;
    const merged = found.filter(({ key }) => !this.#changes.has(key));
    for (const { meta, deleted } of this.#changes.values()) {
      if (!deleted && meta.key >= start && meta.key < end) merged.push(meta);
    }
    return merged.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** The value that was put where the meta says; one that is missing is empty for now. */
  value(meta: Meta): Uint8Array {
    const change = this.#changes.get(meta.key);
    if (change?.meta.position === meta.position) return change.value;
    const value = this.#known(meta);
    if (value === undefined) this.missing.add(meta.position);
    return value ?? empty;
  }

  entry(meta: Meta): Entry {
    const { key, createRevision, modRevision, version, lease } = meta;
    return { key, value: this.value(meta), createRevision, modRevision, version, lease };
  }

  /**
   * @throws StoreError `lease-not-found`; RangeError for what is no key, and when the key was changed already: a revision
   * holds one change of a key.
   */
  put(key: string, value: Uint8Array, lease = 0n): void {
    if (key === '' || !isByteString(key)) throw new RangeError(`Cannot put key ${JSON.stringify(key)}: not a key`);
    if (this.#changes.has(key)) {
      throw new RangeError(`Cannot put key "${key}": the same transaction has changed it already`);
    }
    if (lease !== 0n && !this.#context.leaseIsAlive(lease)) {
      throw new StoreError('lease-not-found', `Cannot put key "${key}": lease ${lease} does not exist`);
    }
    const { keys } = this.#context;
    const previous = keys.latest(key);
    const createRevision = previous?.createRevision ?? keys.stagedRevision + 1;
    this.#add(false, value, { key, createRevision, version: (previous?.version ?? 0) + 1, lease });
  }

  /**
   * @param end Deletes from `key` to before this; omitted = the single key.
   * @returns what was there.
   * @throws RangeError when a key was put before.
   */
  delete(key: string, end?: string): readonly Meta[] {
    const doomed = end === undefined ? [this.get(key)].filter((meta) => meta !== undefined) : this.between(key, end);
    for (const { key: doomedKey } of doomed) {
      if (this.#changes.has(doomedKey)) {
        throw new RangeError(`Cannot delete key "${doomedKey}": the same transaction puts it`);
      }
      this.#add(true, empty, { key: doomedKey, createRevision: 0, version: 0, lease: 0n });
    }
    return doomed;
  }

  carryOut(operations: readonly Operation[]): void {
    for (const operation of operations) {
      if (operation.type === 'put') this.put(operation.key, operation.value, operation.lease);
      else this.delete(operation.key, operation.end);
    }
  }

  #add(deleted: boolean, value: Uint8Array, next: Omit<Meta, 'position' | 'modRevision'>): void {
    const { keys } = this.#context;
    const previous = keys.latest(next.key);
    this.#changes.set(next.key, {
      meta: { ...next, position: keys.nextPosition + this.#changes.size, modRevision: keys.stagedRevision + 1 },
      deleted,
      value,
      previous,
      previousValue: previous && this.#known(previous),
    });
  }

  #known(meta: Meta): Uint8Array | undefined {
    return this.#context.keys.stagedValue(meta) ?? this.#context.recentValue(meta.position);
  }
}
