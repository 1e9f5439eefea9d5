/** The service KV: ranges, puts, deletes, transactions and compaction. */
import type { EncodableTxnResponse } from '../protocol/messages.ts';
import { kv } from '../protocol/services.ts';
import { checkKey, checkPut, checkTransaction } from './check-request.ts';
import type { EtcdContext } from './context.ts';
import { unary } from './grpc.ts';
import type { Handler } from './grpc.ts';
import { readRequested } from './range.ts';
import { etcdError, inEtcdTerms } from './to-grpc-error.ts';
import { carryOutDelete, carryOutPut, carryOutTxn, pastRangesOf } from './txn.ts';

/** Largest request, as etcd's --max-request-bytes. */
export const maxRequestBytes = 1.5 * 1024 * 1024;

export function kvHandlers({ store, header }: EtcdContext): [string, Handler][] {
  const range = unary(kv.range, (request) => {
    checkKey(request.key);
    return inEtcdTerms(async () => {
      const { revision, ...response } = await readRequested(store, request);
      return { header: header(revision), ...response };
    });
  });
  const put = unary(kv.put, (request, size) => {
    checkPut(request);
    checkSize(size);
    return inEtcdTerms(async () => {
      const { prevKv, revision } = await store.transactBy((transaction) => ({
        prevKv: carryOutPut(transaction, request),
        revision: transaction.revision,
      }));
      return prevKv === undefined ? { header: header(revision) } : { header: header(revision), prevKv };
    });
  });
  const deleteRange = unary(kv.deleteRange, (request) => {
    checkKey(request.key);
    return inEtcdTerms(async () => {
      const { revision, ...response } = await store.transactBy((transaction) => ({
        ...carryOutDelete(transaction, request),
        revision: transaction.revision,
      }));
      return { header: header(revision), ...response };
    });
  });
  const txn = unary(kv.txn, (request, size) => {
    checkTransaction(request);
    checkSize(size);
    return inEtcdTerms(async (): Promise<EncodableTxnResponse> => {
      if ([...request.success, ...request.failure].some(({ requestPut }) => requestPut !== undefined))
        store.assertSpace();
      const past = await Promise.all(
        pastRangesOf(request).map(async (older) => {
          const { revision: _, ...response } = await readRequested(store, older);
          return [older, response] as const;
        }),
      );
      const { revision, ...response } = await store.transactBy((transaction) => ({
        ...carryOutTxn(transaction, request, new Map(past)),
        revision: transaction.revision,
      }));
      return { header: header(revision), ...response };
    });
  });
  const compact = unary(kv.compact, ({ revision, physical }) =>
    inEtcdTerms(async () => {
      await store.compact(revision, physical);
      return { header: header() };
    }),
  );
  return [
    [kv.range.path, range],
    [kv.put.path, put],
    [kv.deleteRange.path, deleteRange],
    [kv.txn.path, txn],
    [kv.compact.path, compact],
  ];
}

function checkSize(bytes: number): void {
  if (bytes > maxRequestBytes) throw etcdError('requestTooLarge');
}
