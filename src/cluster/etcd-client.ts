/** An etcd cluster as the store of an API server. */
import { systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { EtcdAddresses } from '../store/etcd/endpoints.ts';
import { openEtcdStore } from '../store/etcd/open.ts';
import { placedStore, placeOf } from '../store/etcd/placed-store.ts';
import { StoreError, type Store } from '../store/store.ts';
import { SetupError } from './setup-error.ts';

export interface EtcdChoice extends EtcdAddresses {
  /** What the keys begin with: `/registry`, as Kubernetes has them. */
  readonly prefix: string;
  /** 0 = this server does not compact. */
  readonly compactionIntervalMs: number;
}

/** @throws SetupError when no server answers. */
export async function openEtcd({ prefix, ...choice }: EtcdChoice, log: Log): Promise<Store> {
  const named = log.named('store');
  try {
    const store = await openEtcdStore({ ...choice, clock: systemClock, log: named, keysFrom: placeOf(prefix) });
    return placedStore(store, prefix);
  } catch (error) {
    if (!(error instanceof StoreError || error instanceof RangeError)) throw error;
    throw new SetupError(`Cannot use etcd at ${choice.servers.join(',')}: ${error.message}`, { cause: error });
  }
}
