/** Transactions of the port as etcd's, and its answers as the port's. */
import { CompareResult, CompareTarget } from '../protocol/messages.ts';
import type { DecodedTxnResponse, EncodableRequestOp, EncodableTxn } from '../protocol/messages.ts';
import type { Condition, Entry, Operation, TransactionResult } from '../store.ts';
import { entryOfWire } from './from-wire.ts';

export function txnRequest(conditions: readonly Condition[], operations: readonly Operation[]): EncodableTxn {
  const keys = new Set(conditions.map(({ key }) => key));
  return {
    compare: conditions.map(({ key, modRevision }) => ({
      key,
      target: CompareTarget.mod,
      result: CompareResult.equal,
      modRevision,
    })),
    success: operations.map(requestOp),
    failure: [...keys].map((key) => ({ requestRange: { key } })),
  };
}

export function transactionResult({ header, succeeded, responses }: DecodedTxnResponse): TransactionResult {
  const revision = header?.revision ?? 0;
  if (!succeeded) {
    const current = responses.flatMap(({ responseRange }) => responseRange?.kvs.map(entryOfWire) ?? []);
    return { ok: false, revision, current };
  }
  const deleted = responses.flatMap(({ responseDeleteRange }) => responseDeleteRange?.prevKvs.map(entryOfWire) ?? []);
  return { ok: true, revision, deleted: deleted.toSorted((a, b) => (a.key < b.key ? -1 : 1)) };
}

/**
 * Whether a transaction may be sent to another member when it is not known what became of it: each key that it puts is
 * put only as long as it is what it was. So it is carried out once at most, whatever is sent, and what is there afterwards
 * tells whether it was.
 */
export function mayBeSentAgain(conditions: readonly Condition[], operations: readonly Operation[]): boolean {
  const guarded = new Set(conditions.map(({ key }) => key));
  return operations.length > 0 && operations.every(({ type, key }) => type === 'put' && guarded.has(key));
}

/** The revision in which just these values were put together, if that is what is there now. */
export function revisionOfPuts(current: readonly Entry[], operations: readonly Operation[]): number | undefined {
  const revisions = operations.map((operation) => {
    const entry = current.find(({ key }) => key === operation.key);
    const isThere =
      operation.type === 'put' && entry !== undefined && Buffer.compare(entry.value, operation.value) === 0;
    return isThere ? entry.modRevision : undefined;
  });
  return new Set(revisions).size === 1 ? revisions[0] : undefined;
}

function requestOp(operation: Operation): EncodableRequestOp {
  const { key } = operation;
  if (operation.type === 'put') return { requestPut: { key, value: operation.value, lease: operation.lease ?? 0n } };
  return { requestDeleteRange: { key, rangeEnd: operation.end ?? '', prevKv: true } };
}
