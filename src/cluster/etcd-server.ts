/** The etcd v3 API over an embedded store: of a data directory of its own, or beside an API server on the same store. */
import { steadyClock, systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { EmbeddedStore } from '../store/embedded/embedded-store.ts';
import { openEmbeddedStore, type EmbeddedStoreOptions } from '../store/embedded/open.ts';
import { startEtcdServer, type EtcdServer, type EtcdServerOptions } from '../store/server/etcd-server.ts';
import { StoreError } from '../store/store.ts';
import { explainListen } from './explain-listen.ts';
import { SetupError } from './setup-error.ts';

/** Where and how the API is served; urls and TLS as of etcd's flags. */
export type EtcdListening = Omit<EtcdServerOptions, 'store' | 'clock'>;

/** @throws SetupError for an address that cannot be listened on. */
export async function serveEtcd(store: EmbeddedStore, listening: EtcdListening, flag: string): Promise<EtcdServer> {
  try {
    return await startEtcdServer({ ...listening, store, clock: systemClock });
  } catch (error) {
    if (error instanceof RangeError) throw new SetupError(error.message, { cause: error });
    const { address = '', port = 0 } = error as { readonly address?: string; readonly port?: number };
    throw explainListen(error, address, port, flag);
  }
}

export interface StandaloneEtcd {
  readonly urls: readonly string[];
  readonly revision: number;
  close(): Promise<void>;
}

export interface StandaloneOptions extends Pick<EmbeddedStoreOptions, 'retention'> {
  readonly log: Log;
  readonly quotaBytes: number;
}

/** Opens the store of a directory and serves it. @throws SetupError for what the user can mend. */
export async function startStandaloneEtcd(
  directory: string,
  listening: EtcdListening,
  options: StandaloneOptions,
): Promise<StandaloneEtcd> {
  const store = await openStore(directory, options);
  try {
    const server = await serveEtcd(store, listening, '--listen-client-urls');
    return {
      urls: server.urls,
      revision: store.revision,
      async close() {
        await server.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Clients of etcd read values again and again; etcd itself maps all of them into memory. */
const readValuesBytes = 128 * 1024 * 1024;

async function openStore(directory: string, { log, ...options }: StandaloneOptions): Promise<EmbeddedStore> {
  try {
    return await openEmbeddedStore({
      directory,
      clock: steadyClock,
      log: log.named('store'),
      readValuesBytes,
      ...options,
    });
  } catch (error) {
    if (error instanceof StoreError) throw new SetupError(error.message, { cause: error });
    throw error;
  }
}
