/**
 * KV.Txn: comparisons, then one of two lists of operations, which may hold transactions in turn.
 *
 * All comparisons, those of inner transactions included, look at the state before anything is changed; operations see
 * what the ones before them did. Everything gets one revision.
 */
import type { Transaction } from '../embedded/transaction.ts';
import { CompareResult, CompareTarget } from '../protocol/messages.ts';
import type {
  Compare,
  DecodedRequestOp,
  DecodedTxn,
  DeleteRangeRequest,
  EncodableResponseOp,
  EncodableTxnResponse,
  PutRequest,
  RangeRequest,
  RangeResponse,
} from '../protocol/messages.ts';
import type { Decoded, Encodable } from '../protocol/schema.ts';
import type { Entry } from '../store.ts';
import { rangeOf } from './key-range.ts';
import { answer } from './range.ts';
import { etcdError } from './to-grpc-error.ts';

type Range = Decoded<typeof RangeRequest>;
/** Answers to the ranges of older revisions, which were read beforehand. */
export type PastRanges = ReadonlyMap<Range, Encodable<typeof RangeResponse>>;

/** A transaction of which it is known which list is carried out. */
interface Chosen {
  readonly succeeded: boolean;
  readonly steps: readonly { readonly operation: DecodedRequestOp; readonly inner: Chosen | undefined }[];
}

/** Without a header, which is the caller's. @throws GrpcError or StoreError for an operation that cannot be carried out. */
export function carryOutTxn(transaction: Transaction, request: DecodedTxn, past: PastRanges): EncodableTxnResponse {
  return carryOut(transaction, choose(transaction, request), past);
}

/** @throws GrpcError `key not found`; StoreError `lease-not-found`. @returns what was there, if it was asked for. */
export function carryOutPut(transaction: Transaction, request: Decoded<typeof PutRequest>): Entry | undefined {
  const { key, ignoreValue, ignoreLease } = request;
  const before = transaction.get(key);
  if ((ignoreValue || ignoreLease) && before === undefined) throw etcdError('keyNotFound');
  const previous = before !== undefined && request.prevKv ? transaction.entry(before) : undefined;
  const value = ignoreValue && before !== undefined ? transaction.value(before) : detached(request.value);
  transaction.put(key, value, ignoreLease && before !== undefined ? before.lease : request.lease);
  return previous;
}

export function carryOutDelete(
  transaction: Transaction,
  request: Decoded<typeof DeleteRangeRequest>,
): { readonly deleted: number; readonly prevKvs: readonly Entry[] } {
  const { start, end } = rangeOf(request);
  const doomed = transaction.delete(start, request.rangeEnd === '' ? undefined : end);
  return { deleted: doomed.length, prevKvs: request.prevKv ? doomed.map((meta) => transaction.entry(meta)) : [] };
}

/** Every range of an older revision that the transaction may carry out. */
export function pastRangesOf({ success, failure }: DecodedTxn): Range[] {
  return [...success, ...failure].flatMap(({ requestRange, requestTxn }) => {
    if (requestTxn !== undefined) return pastRangesOf(requestTxn);
    return requestRange !== undefined && requestRange.revision > 0 ? [requestRange] : [];
  });
}

function choose(transaction: Transaction, request: DecodedTxn): Chosen {
  const succeeded = request.compare.every((compare) => holds(transaction, compare));
  const steps = (succeeded ? request.success : request.failure).map((operation) => ({
    operation,
    inner: operation.requestTxn === undefined ? undefined : choose(transaction, operation.requestTxn),
  }));
  return { succeeded, steps };
}

function carryOut(transaction: Transaction, { succeeded, steps }: Chosen, past: PastRanges): EncodableTxnResponse {
  const responses = steps.map(({ operation, inner }): EncodableResponseOp => {
    if (inner !== undefined) {
      const responseTxn = carryOut(transaction, inner, past);
      return { responseTxn: { header: { revision: transaction.revision }, ...responseTxn } };
    }
    const { requestRange, requestPut, requestDeleteRange } = operation;
    if (requestRange !== undefined) {
      const response = past.get(requestRange) ?? rangeNow(transaction, requestRange);
      return { responseRange: { header: { revision: transaction.revision }, ...response } };
    }
    if (requestPut !== undefined) {
      const prevKv = carryOutPut(transaction, requestPut);
      const header = { revision: transaction.revision };
      return { responsePut: prevKv === undefined ? { header } : { header, prevKv } };
    }
    if (requestDeleteRange === undefined) throw etcdError('keyNotFound');
    const response = carryOutDelete(transaction, requestDeleteRange);
    return { responseDeleteRange: { header: { revision: transaction.revision }, ...response } };
  });
  return { succeeded, responses };
}

function rangeNow(transaction: Transaction, request: Range): Encodable<typeof RangeResponse> {
  const metas = find(transaction, request);
  const wantsValues = !request.countOnly && !request.keysOnly;
  const entries = metas.map((meta) => (wantsValues ? transaction.entry(meta) : { ...meta, value: noValue }));
  return answer(request, entries, metas.length);
}

const noValue = new Uint8Array(0);

function find(transaction: Transaction, request: { readonly key: string; readonly rangeEnd: string }) {
  const { start, end } = rangeOf(request);
  if (request.rangeEnd !== '') return transaction.between(start, end);
  const meta = transaction.get(start);
  return meta === undefined ? [] : [meta];
}

type Comparison = Decoded<typeof Compare>;

function holds(transaction: Transaction, compare: Comparison): boolean {
  const metas = find(transaction, compare);
  if (compare.target === CompareTarget.value) {
    // A key that does not exist has no value, not an empty one.
    const wanted = compare.value ?? noValue;
    return metas.length > 0 && metas.every((meta) => agrees(compare, Buffer.compare(transaction.value(meta), wanted)));
  }
  const found = metas.length === 0 ? [{ version: 0, createRevision: 0, modRevision: 0, lease: 0n }] : metas;
  return found.every((meta) => agrees(compare, differenceOf(compare, meta)));
}

type Numbers = Pick<Entry, 'version' | 'createRevision' | 'modRevision' | 'lease'>;

function differenceOf(compare: Comparison, { version, createRevision, modRevision, lease }: Numbers): number {
  if (compare.target === CompareTarget.version) return version - (compare.version ?? 0);
  if (compare.target === CompareTarget.create) return createRevision - (compare.createRevision ?? 0);
  if (compare.target === CompareTarget.mod) return modRevision - (compare.modRevision ?? 0);
  const wanted = compare.lease ?? 0n;
  return lease === wanted ? 0 : lease < wanted ? -1 : 1;
}

function agrees({ result }: Comparison, difference: number): boolean {
  if (result === CompareResult.equal) return difference === 0;
  if (result === CompareResult.greater) return difference > 0;
  return result === CompareResult.less ? difference < 0 : difference !== 0;
}

/** A copy when the value is a small part of a larger buffer, which it would keep in memory for as long as it lives. */
function detached(value: Uint8Array): Uint8Array {
  return value.byteLength * 2 < value.buffer.byteLength ? Uint8Array.from(value) : value;
}
