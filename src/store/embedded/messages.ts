/**
 * What the two threads of the embedded store say to each other.
 *
 * The serving thread asks, the database thread answers each request once, in the order in which it asked (a compaction
 * alone answers late). A batch of writes is one record of bytes (batch-record.ts); large buffers are transferred rather
 * than copied.
 */
import type { Lease, StoreError, StoreEvent } from '../store.ts';

/** Where the latest change of a key lies, and all about it but the value. Kept in memory for each current key. */
export interface Meta {
  readonly key: string;
  /** Row of the change in the database; grows with every change. */
  readonly position: number;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly lease: bigint;
}

/** Many values in few buffers, in order. See pack.ts. */
export interface PackedValues {
  readonly blocks: readonly Uint8Array<ArrayBuffer>[];
  readonly lengths: Int32Array<ArrayBuffer>;
}

/** Numbers of one key in `Opened.numbers`: position, mod revision, create revision, version. */
export const numbersOfMeta = 4;

export interface OpenRequest {
  readonly type: 'open';
  readonly directory: string;
  readonly maxBytes: number;
  /** With this much room the write log may run ahead of the database. */
  readonly ampleBytes: number;
}

export interface Opened extends Applied {
  readonly revision: number;
  readonly compactRevision: number;
  readonly lastPosition: number;
  readonly keys: readonly string[];
  readonly numbers: Float64Array<ArrayBuffer>;
  /** The lease of each key. */
  readonly leaseOfKey: BigInt64Array<ArrayBuffer>;
  readonly leases: readonly Lease[];
  /** Of the last record that the database holds. */
  readonly logSequence: number;
  /** See batch-record.ts. */
  readonly logSalt: number;
  /** The files of the write log; none for a database in memory. */
  readonly logPaths: readonly string[];
}

/** Asks for a batch to be written to the disk. */
export interface CommitRequest {
  readonly type: 'commit';
  readonly record: Uint8Array<ArrayBuffer>;
  /** Positions of superseded values that are no longer in memory and are wanted back for the events. */
  readonly wanted: Float64Array<ArrayBuffer>;
}

/** Asks for batches that are in the log to be taken into the database. */
export interface ApplyRequest {
  readonly type: 'apply';
  readonly records: readonly Uint8Array<ArrayBuffer>[];
}

export interface Applied {
  /** Size of the database now. */
  readonly fileBytes: number;
  /** Whether there is room enough for the log to run ahead. */
  readonly isAmple: boolean;
}

export type Committed = PackedValues & Applied;

/** As `CommitRequest.wanted`. */
export interface SupersededRequest {
  readonly type: 'superseded';
  readonly positions: Float64Array<ArrayBuffer>;
}

/** Asks for a file of the log to be made fit for use from its beginning. */
export interface RecycleRequest {
  readonly type: 'recycle';
  readonly path: string;
}

export interface ValuesRequest {
  readonly type: 'values';
  readonly positions: Float64Array<ArrayBuffer>;
  /** What the index says stands there; values of anything else are refused as damaged. */
  readonly expected?: { readonly keys: readonly string[]; readonly revisions: Float64Array<ArrayBuffer> };
}

/** Asks for changes of a key range in revisions `from` to `to`, both included. */
export interface HistoryRequest {
  readonly type: 'history';
  readonly from: number;
  readonly to: number;
  readonly start: string;
  readonly end: string;
}

export interface HistoryPage {
  readonly events: readonly StoreEvent[];
  /** All changes up to this revision are in the page. */
  readonly revision: number;
}

/** Asks what the keys that changed in revisions after `revision`, up to `to`, were as of `revision`. */
export interface BeforeRequest {
  readonly type: 'before';
  readonly revision: number;
  readonly to: number;
  readonly start: string;
  readonly end: string;
}

/** `meta` is undefined for a key that did not exist. */
export type KeyBefore = { readonly key: string; readonly meta: Meta | undefined };

export interface CompactRequest {
  readonly type: 'compact';
  readonly revision: number;
  /** Answers when the rows are gone, not when the compaction is on disk. */
  readonly untilSwept: boolean;
}

/** Asks how large the file is. */
export interface SizeRequest {
  readonly type: 'size';
}

export interface Size {
  readonly bytes: number;
  /** Without the pages that hold nothing. */
  readonly bytesInUse: number;
}

/** Asks to give the pages that hold nothing back to the disk. */
export interface DefragmentRequest {
  readonly type: 'defragment';
}

export interface CloseRequest {
  readonly type: 'close';
}

export type Request =
  | OpenRequest
  | CommitRequest
  | ApplyRequest
  | SupersededRequest
  | RecycleRequest
  | ValuesRequest
  | HistoryRequest
  | BeforeRequest
  | CompactRequest
  | SizeRequest
  | DefragmentRequest
  | CloseRequest;

export interface Answers {
  readonly open: Opened;
  readonly commit: Committed;
  readonly apply: Applied;
  readonly superseded: PackedValues;
  readonly recycle: undefined;
  readonly values: PackedValues;
  readonly history: HistoryPage;
  readonly before: readonly KeyBefore[];
  readonly compact: undefined;
  readonly size: Size;
  readonly defragment: undefined;
  readonly close: undefined;
}

export interface Failure {
  readonly reason: StoreError['reason'];
  readonly message: string;
}

export interface Question {
  readonly id: number;
  readonly request: Request;
}

export type Reply =
  | { readonly id: number; readonly ok: true; readonly answer: Answers[keyof Answers] }
  | { readonly id: number; readonly ok: false; readonly failure: Failure };
