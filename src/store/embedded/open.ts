/** Opens the embedded store. */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { StoreError } from '../store.ts';
import type { Retention } from './auto-compaction.ts';
import { DatabaseThread } from './database-thread.ts';
import { EmbeddedStore } from './embedded-store.ts';

export interface EmbeddedStoreOptions {
  /** Where `store.db` lies; made when it is missing. `:memory:` for a store that lives as long as it is open. */
  readonly directory: string;
  /** Leases expire by it. */
  readonly clock: Clock;
  readonly log: Log;
  /** Size of the database beyond which writes fail with `no-space`; default: what the disk holds. */
  readonly maxBytes?: number;
  /** Recent events that are kept in memory with their values; default 10,000. */
  readonly historyEvents?: number;
  /** What these may weigh; default 16 MiB. */
  readonly historyBytes?: number;
  /** Bytes of values that are kept in memory when they are read again; default none. */
  readonly readValuesBytes?: number;
  /** Room on the disk below which each write waits for the database, and for no log; default 256 MiB. */
  readonly ampleBytes?: number;
  /** Size of the database beyond which puts raise the alarm NOSPACE and are refused; default none. */
  readonly quotaBytes?: number;
  /** What is kept of the history; default: all, until `compact` is called. */
  readonly retention?: Retention;
}

/** @throws StoreError `locked`, `newer-format`, `corrupt`, `no-space` or `unavailable`. */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const {
    directory,
    clock,
    log,
    maxBytes = Infinity,
    historyEvents = 10_000,
    historyBytes = 16 * 1024 * 1024,
    readValuesBytes = 0,
    quotaBytes = Infinity,
    ampleBytes = 256 * 1024 * 1024,
    retention,
  } = options;
  const thread = new DatabaseThread();
  try {
    const opened = await thread.call<'open'>({ type: 'open', directory, maxBytes, ampleBytes });
    const history = { events: historyEvents, bytes: historyBytes };
    log.info('Store is open', { directory, revision: opened.revision, keys: opened.keys.length });
    return new EmbeddedStore({
      directory,
      thread,
      opened,
      clock,
      log,
      history,
      readValuesBytes,
      quotaBytes,
      retention,
    });
  } catch (error) {
    await thread.end();
    if (!(error instanceof StoreError) || error.reason === 'locked') throw error;
    const message = `Cannot open the store in "${directory}": ${error.message}`;
    throw new StoreError(error.reason, message, { cause: error });
  }
}
