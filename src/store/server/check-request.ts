/** What etcd refuses before it looks at the store: requests that contradict themselves. */
import type { DecodedRequestOp, DecodedTxn } from '../protocol/messages.ts';
import type { PutRequest } from '../protocol/messages.ts';
import type { Decoded } from '../protocol/schema.ts';
import { rangeOf } from './key-range.ts';
import type { KeyRange } from './key-range.ts';
import { etcdError } from './to-grpc-error.ts';

/** Operations in one list of a transaction, those of lists inside it included. */
const maxOperations = 128;

export function checkKey(key: string): void {
  if (key === '') throw etcdError('emptyKey');
}

export function checkPut(put: Decoded<typeof PutRequest>): void {
  checkKey(put.key);
  if (put.ignoreValue && put.value.byteLength > 0) throw etcdError('valueProvided');
  if (put.ignoreLease && put.lease !== 0n) throw etcdError('leaseProvided');
}

export function checkTransaction(transaction: DecodedTxn): void {
  checkOperations(transaction, maxOperations);
  collectChanges(transaction.success);
  collectChanges(transaction.failure);
}

function checkOperations({ compare, success, failure }: DecodedTxn, most: number): void {
  const count = Math.max(compare.length, success.length, failure.length);
  if (count > most) throw etcdError('tooManyOperations');
  for (const { key } of compare) checkKey(key);
  for (const { requestRange, requestPut, requestDeleteRange, requestTxn } of [...success, ...failure]) {
    if (requestRange !== undefined) checkKey(requestRange.key);
    else if (requestPut !== undefined) checkPut(requestPut);
    else if (requestDeleteRange !== undefined) checkKey(requestDeleteRange.key);
    else if (requestTxn !== undefined) checkOperations(requestTxn, most - count);
    else throw etcdError('keyNotFound');
  }
}

interface Changes {
  readonly puts: Set<string>;
  readonly deletes: KeyRange[];
}

/**
 * A revision holds one change of a key: no key may be put twice, or put and deleted. The two branches of an inner
 * transaction may put the same key: only one of them comes to pass.
 * @throws GrpcError for a duplicate key.
 */
function collectChanges(operations: readonly DecodedRequestOp[]): Changes {
  const deletes = operations.flatMap(({ requestDeleteRange: request }) =>
    request === undefined ? [] : [rangeOf(request)],
  );
  const puts = new Set<string>();
  const add = (key: string, allowed?: ReadonlySet<string>): void => {
    const isDouble = puts.has(key) && allowed?.has(key) !== true;
    if (isDouble || deletes.some(({ start, end }) => key >= start && key < end)) throw etcdError('duplicateKey');
    puts.add(key);
  };
  for (const { requestTxn } of operations) {
    if (requestTxn === undefined) continue;
    const then = collectChanges(requestTxn.success);
    const otherwise = collectChanges(requestTxn.failure);
    for (const key of then.puts) add(key);
    for (const key of otherwise.puts) add(key, then.puts);
    deletes.push(...then.deletes, ...otherwise.deletes);
  }
  for (const { requestPut } of operations) if (requestPut !== undefined) add(requestPut.key);
  return { puts, deletes };
}
