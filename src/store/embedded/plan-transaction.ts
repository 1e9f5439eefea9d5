/** What a transaction would change, decided against the latest state, whether that is on disk or in flight. */
import { StoreError } from '../store.ts';
import type { Operation } from '../store.ts';
import type { Change, KeySpace } from './key-space.ts';
import type { Meta } from './messages.ts';

const empty = new Uint8Array(0);

export interface TransactionContext {
  readonly keys: KeySpace;
  readonly leaseIsAlive: (id: number) => boolean;
  /** The value put at a position, if it is in memory. */
  readonly recentValue: (position: number) => Uint8Array | undefined;
}

/** @throws StoreError `lease-not-found`; RangeError for operations that no store could carry out. */
export function planTransaction(context: TransactionContext, operations: readonly Operation[]): Change[] {
  const { keys } = context;
  const changes = new Map<string, Change>();
  const add = (deleted: boolean, value: Uint8Array, next: Omit<Meta, 'position' | 'modRevision'>): void => {
    const previous = keys.latest(next.key);
    changes.set(next.key, {
      meta: { ...next, position: keys.nextPosition + changes.size, modRevision: keys.stagedRevision + 1 },
      deleted,
      value,
      previous,
      previousValue: previous && (keys.stagedValue(next.key) ?? context.recentValue(previous.position)),
    });
  };
  for (const operation of operations) {
    if (operation.type === 'put') {
      const { key, value, lease = 0 } = operation;
      checkPut(context, changes, key, lease);
      const previous = keys.latest(key);
      const createRevision = previous?.createRevision ?? keys.stagedRevision + 1;
      add(false, value, { key, createRevision, version: (previous?.version ?? 0) + 1, lease });
      continue;
    }
    for (const { key } of doomed(keys, operation)) {
      const earlier = changes.get(key);
      if (earlier?.deleted === false) throw new RangeError(`Cannot delete key "${key}": the same transaction puts it`);
      if (earlier === undefined) add(true, empty, { key, createRevision: 0, version: 0, lease: 0 });
    }
  }
  return [...changes.values()];
}

function checkPut(context: TransactionContext, changes: ReadonlyMap<string, Change>, key: string, lease: number): void {
  if (key === '' || !key.isWellFormed()) throw new RangeError(`Cannot put key ${JSON.stringify(key)}: not a key`);
  if (changes.has(key)) throw new RangeError(`Cannot put key "${key}": the same transaction has changed it already`);
  if (lease === 0 || context.leaseIsAlive(lease)) return;
  throw new StoreError('lease-not-found', `Cannot put key "${key}": lease ${lease} does not exist`);
}

function doomed(keys: KeySpace, operation: Extract<Operation, { type: 'delete' }>): readonly Meta[] {
  if (operation.end !== undefined) return keys.latestBetween(operation.key, operation.end);
  const meta = keys.latest(operation.key);
  return meta === undefined ? [] : [meta];
}
