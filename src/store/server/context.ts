/** What the services of one server share. */
import type { Clock } from '../../base/clock.ts';
import type { EmbeddedStore } from '../embedded/embedded-store.ts';

/** The etcd whose API this is; what comes after the plus sign tells that it is another program. */
export const etcdVersion = '3.5.30+slipway';

export interface EtcdContext {
  readonly store: EmbeddedStore;
  readonly clock: Clock;
  /** The member's name; ids of the member and the cluster are derived from it. */
  readonly name: string;
  readonly memberId: bigint;
  readonly clientUrls: readonly string[];
  readonly progressIntervalMs: number;
  /** @param revision Default: the store's. */
  header(revision?: number): Header;
}

export interface Header {
  readonly clusterId: bigint;
  readonly memberId: bigint;
  readonly revision: number;
  readonly raftTerm: number;
}
