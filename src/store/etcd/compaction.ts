/**
 * Compaction by the servers that share a store, as Kubernetes does it: about once an interval, of what is an interval old.
 *
 * The key `compact_rev_key` is a clock that all servers see: its version. Who finds it as it left it moves it on and
 * compacts to the revision it noted an interval ago; the others learn the time and wait. So one compaction happens an
 * interval however many servers there are, also where some of them are Kubernetes' own.
 */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { CompareResult, CompareTarget } from '../protocol/messages.ts';
import { kv } from '../protocol/services.ts';
import { StoreError } from '../store.ts';
import type { Endpoints } from './endpoints.ts';

const compactionKey = 'compact_rev_key';

export interface CompactionOptions {
  readonly endpoints: Endpoints;
  readonly clock: Clock;
  readonly log: Log;
  readonly intervalMs: number;
  /** The store was compacted up to here, by whomever. */
  readonly compacted: (revision: number) => void;
}

/** What a server remembers from one turn to the next. */
interface Turn {
  /** Version of the key when it was last seen. */
  readonly time: number;
  /** The store's revision then; 0 = it has not looked yet. */
  readonly revision: number;
}

/** Returns what ends it. */
export function startCompaction(options: CompactionOptions): () => void {
  const { clock, log, intervalMs } = options;
  let cancel: () => void = () => undefined;
  let stopped = false;
  const tryTurn = async (turn: Turn): Promise<void> => {
    try {
      next(await takeTurn(options, turn));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      log.warn('Cannot compact etcd', { why: error.message });
      next(turn);
    }
  };
  const next = (turn: Turn): void => {
    if (!stopped) cancel = clock.after(intervalMs, () => void tryTurn(turn));
  };
  next({ time: 0, revision: 0 });
  return () => {
    stopped = true;
    cancel();
  };
}

async function takeTurn(options: CompactionOptions, { time, revision }: Turn): Promise<Turn> {
  const { endpoints, log } = options;
  const found = { key: compactionKey, target: CompareTarget.version, result: CompareResult.equal, version: time };
  const put = { requestPut: { key: compactionKey, value: Buffer.from(String(revision)) } };
  const get = { requestRange: { key: compactionKey } };
  const { response } = await endpoints.call(
    kv.txn,
    { compare: [found], success: [put], failure: [get] },
    { repeatable: false },
  );
  const now = response.header?.revision ?? 0;
  if (!response.succeeded) {
    const entry = response.responses[0]?.responseRange?.kvs[0];
    options.compacted(Number(entry?.value.toString() ?? '0') || 0);
    return { time: entry?.version ?? 0, revision: now };
  }
  if (revision > 0) {
    try {
      await endpoints.call(kv.compact, { revision }, { repeatable: true });
    } catch (error) {
      if (!(error instanceof StoreError) || error.reason !== 'compacted') throw error;
    }
    options.compacted(revision);
    log.info('Compacted etcd', { revision });
  }
  return { time: time + 1, revision: now };
}
