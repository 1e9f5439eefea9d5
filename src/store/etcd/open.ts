/** Opens an etcd cluster as a store. */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { kv, maintenance } from '../protocol/services.ts';
import { prefixEnd, StoreError } from '../store.ts';
import { Endpoints } from './endpoints.ts';
import type { EtcdAddresses } from './endpoints.ts';
import { EtcdStore } from './etcd-store.ts';

export interface EtcdStoreOptions extends EtcdAddresses {
  readonly clock: Clock;
  readonly log: Log;
  /** Only keys that begin with this are watched; default: all. */
  readonly keysFrom?: string;
  /** How often what was superseded is forgotten; default: never by this process. */
  readonly compactionIntervalMs?: number;
}

/** @throws StoreError `unavailable` when no server answers; RangeError for an address that is none. */
export async function openEtcdStore(options: EtcdStoreOptions): Promise<EtcdStore> {
  const { clock, log, keysFrom = '', compactionIntervalMs = 0 } = options;
  const endpoints = new Endpoints(options, clock);
  try {
    const start = keysFrom === '' ? '\0' : keysFrom;
    const { response } = await endpoints.call(kv.range, { key: start, countOnly: true }, { repeatable: true });
    const revision = response.header?.revision ?? 0;
    const trustProgress = keysFrom !== '' && (await tellProgressRightly(endpoints));
    const range = trustProgress ? { start, end: prefixEnd(keysFrom) } : { start: '\0', end: '\0' };
    return new EtcdStore({ endpoints, clock, log, range, trustProgress, revision, compactionIntervalMs });
  } catch (error) {
    endpoints.close();
    throw error;
  }
}

/** Whether all members are of a version whose notices of progress never run ahead of events (etcd issues 15220, 17507). */
async function tellProgressRightly(endpoints: Endpoints): Promise<boolean> {
  const told = endpoints.members.map(async (member) => {
    try {
      return isRight((await endpoints.ask(member, maintenance.status, {})).version);
    } catch (error) {
      if (error instanceof Error && !(error instanceof StoreError)) return false;
      throw error;
    }
  });
  return (await Promise.all(told)).every((right) => right);
}

function isRight(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.+-]/).map(Number);
  if (major !== 3 || minor > 5) return major > 3 || minor > 5;
  return minor === 5 ? patch >= 13 : minor === 4 && patch >= 31;
}
