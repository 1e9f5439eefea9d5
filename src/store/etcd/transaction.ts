/** Transactions of the port as etcd's, and its answers as the port's. */
import { CompareResult, CompareTarget } from '../protocol/messages.ts';
import type { DecodedTxnResponse, EncodableRequestOp, EncodableTxn } from '../protocol/messages.ts';
import type { Condition, Operation, TransactionResult } from '../store.ts';
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

function requestOp(operation: Operation): EncodableRequestOp {
  const { key } = operation;
  if (operation.type === 'put') return { requestPut: { key, value: operation.value, lease: operation.lease ?? 0n } };
  return { requestDeleteRange: { key, rangeEnd: operation.end ?? '', prevKv: true } };
}
