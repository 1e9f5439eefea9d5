/**
 * All current keys, twice over: as they are on disk, and as they will be when the writes in flight have landed.
 *
 *   committed   the index: what reads see
 *   staged      changes on their way to disk, laid over the index: what conditions and new writes see
 *
 * A write is decided against the second and shown in the first only when it is durable. If a commit fails, `reset`
 * drops what was staged, and with it every decision that was built on it.
 */
import { KeyIndex } from '../key-index.ts';
import type { Meta } from './messages.ts';

export interface Change {
  readonly meta: Meta;
  readonly deleted: boolean;
  readonly value: Uint8Array;
  readonly previous: Meta | undefined;
  /** Undefined when the value is no longer in memory and has to come from disk. */
  readonly previousValue: Uint8Array | undefined;
}

export class KeySpace {
  readonly committed: KeyIndex<Meta>;
  readonly #staged = new Map<string, Change>();
  #revision: number;
  #position: number;

  constructor(committed: KeyIndex<Meta>, revision: number, lastPosition: number) {
    this.committed = committed;
    this.#revision = revision;
    this.#position = lastPosition;
  }

  /** The revision that the last accepted write will have. */
  get stagedRevision(): number {
    return this.#revision;
  }

  get nextPosition(): number {
    return this.#position + 1;
  }

  latest(key: string): Meta | undefined {
    const change = this.#staged.get(key);
    if (change === undefined) return this.committed.get(key);
    return change.deleted ? undefined : change.meta;
  }

  /** Whether anything is in flight. */
  get isStaging(): boolean {
    return this.#staged.size > 0;
  }

  /** The value that was put by a change in flight. */
  stagedValue({ key, position }: Meta): Uint8Array | undefined {
    const change = this.#staged.get(key);
    return change?.meta.position === position ? change.value : undefined;
  }

  latestBetween(start: string, end: string): Meta[] {
    const found: Meta[] = [];
    for (const meta of this.committed.between(start, end)) if (!this.#staged.has(meta.key)) found.push(meta);
    for (const { meta, deleted } of this.#staged.values()) {
      if (!deleted && meta.key >= start && meta.key < end) found.push(meta);
    }
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  latestOfLease(lease: bigint, committedKeys: Iterable<string>): Meta[] {
    const keys = new Set(committedKeys);
    for (const { meta } of this.#staged.values()) if (meta.lease === lease) keys.add(meta.key);
    return Array.from(keys.values(), (key) => this.latest(key)).filter((meta): meta is Meta => meta?.lease === lease);
  }

  stage(changes: readonly Change[]): void {
    for (const change of changes) {
      this.#staged.set(change.meta.key, change);
      this.#revision = change.meta.modRevision;
      this.#position = change.meta.position;
    }
  }

  /** The changes are on disk. */
  land(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.deleted) this.committed.delete(change.meta.key);
      else this.committed.set(change.meta);
      if (this.#staged.get(change.meta.key) === change) this.#staged.delete(change.meta.key);
    }
  }

  /** Nothing that is staged will reach the disk. Positions are not used again. */
  reset(revision: number): void {
    this.#staged.clear();
    this.#revision = revision;
  }
}
