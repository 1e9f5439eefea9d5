/**
 * The key that makes servers on one store take turns in giving out addresses and node ports.
 *
 *   read the key's revision ─▶ see all that was written before ─▶ what is wanted is free ─▶ write, if the key is as it was
 *
 * Whoever takes something rewrites the key in the same transaction, so of two servers that look at the same time one
 * must look again. It is Kubernetes' own key of node ports, and holds what that holds: the ports in use, as bits.
 */
import type { Condition, Operation, Store, TransactionResult } from '../../store/store.ts';
import { maxNodePort, minNodePort } from './node-ports.ts';

const key = '/registry/ranges/servicenodeports';

export interface Writing {
  readonly conditions: readonly Condition[];
  readonly operations: readonly Operation[];
}

export interface AllocationGuard {
  /** `check`: throws when what the write takes is no longer free; answers the ports in use with the write. */
  write(writing: Writing, check: () => ReadonlySet<number>): Promise<TransactionResult>;
}

export function createAllocationGuard(store: Store): AllocationGuard {
  /** Writes of this server wait for one another: they would only fail by turns. */
  let last: Promise<unknown> = Promise.resolve();
  const write = async ({ conditions, operations }: Writing, check: () => ReadonlySet<number>) => {
    for (;;) {
      const [entry] = (await store.range(key)).entries;
      const modRevision = entry?.modRevision ?? 0;
      await store.sync?.();
      const put: Operation = { type: 'put', key, value: allocation(check()) };
      const result = await store.transact([...conditions, { key, modRevision }], [...operations, put]);
      if (result.ok) return result;
      const guard = result.current.find((current) => current.key === key);
      if ((guard?.modRevision ?? 0) === modRevision) {
        return { ...result, current: result.current.filter((current) => current !== guard) };
      }
    }
  };
  return {
    write(writing, check) {
      const mine = last.then(() => write(writing, check));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

/** Bit n of the number that the bytes are, the first of them the highest, stands for port n of the range. */
function allocation(ports: ReadonlySet<number>): Uint8Array {
  const bytes = Buffer.alloc((maxNodePort - minNodePort + 1) / 8);
  for (const port of ports) {
    const bit = port - minNodePort;
    if (bit < 0 || port > maxNodePort) continue;
    const at = bytes.length - 1 - (bit >> 3);
    bytes[at] = (bytes[at] ?? 0) | (1 << (bit & 7));
  }
  const first = bytes.findIndex((byte) => byte !== 0);
  const data = first < 0 ? '' : bytes.subarray(first).toString('base64');
  const range = `${minNodePort}-${maxNodePort}`;
  return Buffer.from(JSON.stringify({ kind: 'RangeAllocation', apiVersion: 'v1', metadata: {}, range, data }));
}
