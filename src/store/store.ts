/**
 * The store port: an ordered key space with etcd's revisions, and nothing else.
 *
 * One counter, the revision, grows by one with every transaction that changes something. Every change of a key is kept
 * under its revision until compaction, so that a range can be read and a watch can start at any revision since then.
 * The store knows keys, bytes and revisions, never a kind. Keys are byte strings (key.ts).
 *
 * Two implementations: embedded/ (SQLite in this process) and etcd/ (a client of an etcd cluster). contract.ts is the
 * suite both pass.
 *
 * Invariant: a write is answered only when it would survive the loss of power.
 */

/** What is stored under a key. */
export interface Entry {
  readonly key: string;
  /** Never written to after it was handed to the store, nor by who reads it. */
  readonly value: Uint8Array;
  readonly createRevision: number;
  readonly modRevision: number;
  /** Number of changes since the key was created; 1 for a new key. */
  readonly version: number;
  /** Lease that the key belongs to; 0n = none. */
  readonly lease: bigint;
}

export interface RangeOptions {
  /** First key that is no longer part of the range; omitted = the single key. `prefixEnd(prefix)` for a prefix. */
  readonly end?: string;
  /** Reads the state as of this revision; default: the latest. */
  readonly revision?: number;
  /** At most this many entries, in key order; default: all. */
  readonly limit?: number;
  /** Answers the number of keys alone. */
  readonly countOnly?: boolean;
  /** Leaves the values out: they come empty. */
  readonly keysOnly?: boolean;
}

export interface RangeResult {
  readonly entries: readonly Entry[];
  /** The store's revision when it answered, not the one that was asked for. */
  readonly revision: number;
  /** Keys in the whole range, whatever the limit. */
  readonly count: number;
}

export type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: Uint8Array; readonly lease?: bigint }
  | { readonly type: 'delete'; readonly key: string; readonly end?: string };

/** Holds when the key's latest mod revision is exactly this; 0 = the key does not exist. */
export interface Condition {
  readonly key: string;
  readonly modRevision: number;
}

export type TransactionResult =
  /** `deleted`: the entries that delete operations removed, in key order. */
  | { readonly ok: true; readonly revision: number; readonly deleted: readonly Entry[] }
  /** No operation was carried out. `current`: the entries of the conditions' keys that exist. */
  | { readonly ok: false; readonly revision: number; readonly current: readonly Entry[] };

export type StoreEvent =
  | { readonly type: 'put'; readonly entry: Entry; readonly previous: Entry | undefined }
  /** `entry`: the tombstone; its value is empty and its modRevision is that of the deletion. */
  | { readonly type: 'delete'; readonly entry: Entry; readonly previous: Entry | undefined };

export interface WatchOptions {
  readonly end?: string;
  /** First revision whose changes are wanted; default: the next one. */
  readonly fromRevision?: number;
}

/** Why a watch ended without being asked to. */
export type WatchEnd =
  /** The wanted revisions were compacted, or the watcher fell too far behind. */
  { readonly reason: 'compacted'; readonly compactRevision: number } | { readonly reason: 'closed' };

export interface WatchSink {
  /** Changes in revision order; all changes of one transaction arrive in one call. `revision`: all up to here were sent. */
  events(events: readonly StoreEvent[], revision: number): void;
  /** Called once, when all changes up to this revision were sent and further ones come as they happen. */
  caughtUp?(revision: number): void;
  ended(end: WatchEnd): void;
}

export interface Lease {
  /** A signed 64-bit integer, not 0. */
  readonly id: bigint;
  readonly ttlSeconds: number;
}

export interface Store {
  /** The latest revision that this process knows to be on disk; all watches were sent what happened up to it. */
  readonly revision: number;
  /** Why no write can succeed until the store is opened again; undefined when all is well. */
  readonly fault: StoreError | undefined;
  /** Changes at and below this revision can no longer be read one by one. */
  readonly compactRevision: number;
  /** @throws StoreError `compacted` or `future-revision` when `options.revision` cannot be read. */
  range(key: string, options?: RangeOptions): Promise<RangeResult>;
  /**
   * Carries out all operations in one revision if all conditions hold. Resolves when the change is on disk.
   *
   * A transaction that changes nothing keeps the revision. One that changes a key twice is a mistake of the caller.
   * @throws StoreError `no-space`, `unavailable`, or `lease-not-found` when an operation names a lease that has ended.
   */
  transact(conditions: readonly Condition[], operations: readonly Operation[]): Promise<TransactionResult>;
  /**
   * Returns the function that stops the watch; after it returned, the sink is not called again. The sink is never called
   * before this has returned, and must not throw.
   */
  watch(key: string, options: WatchOptions, sink: WatchSink): () => void;
  /** @throws StoreError `lease-exists` when there is a lease with the id. */
  grantLease(ttlSeconds: number, id?: bigint): Promise<Lease>;
  keepLeaseAlive(id: bigint): Promise<Lease | undefined>;
  /** Deletes the lease and its keys. */
  revokeLease(id: bigint): Promise<boolean>;
  /**
   * Forgets what was superseded at or below the revision; what was current then can still be read.
   * @throws StoreError `future-revision`, or `compacted` when that was done before.
   */
  compact(revision: number): Promise<void>;
  /**
   * Resolves when all watches were sent what had been answered to anybody before the call, and `revision` has come that
   * far. Absent where nobody else can write, so that this is always so.
   * @throws StoreError `unavailable`
   */
  sync?(): Promise<void>;
  /** What it takes on disk. Absent where nobody knows. */
  size?(): Promise<{ readonly bytes: number }>;
  close(): Promise<void>;
}

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly reason:
    | 'compacted'
    | 'future-revision'
    | 'closed'
    | 'unavailable'
    | 'no-space'
    | 'corrupt'
    | 'locked'
    | 'newer-format'
    | 'lease-not-found'
    | 'lease-exists';

  constructor(reason: StoreError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** The smallest key that is greater than every key with this prefix; the prefix must not be made of bytes 0xff alone. */
export function prefixEnd(prefix: string): string {
  let length = prefix.length;
  while (prefix.charCodeAt(length - 1) === 0xff) length -= 1;
  return prefix.slice(0, length - 1) + String.fromCharCode(prefix.charCodeAt(length - 1) + 1);
}
