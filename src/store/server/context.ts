/** What the services of one server share. */
import type { Clock } from '../../base/clock.ts';
import type { EmbeddedStore } from '../embedded/embedded-store.ts';
import { AlarmType } from '../protocol/messages.ts';
import { etcdError } from './to-grpc-error.ts';

export interface EtcdContext {
  readonly store: EmbeddedStore;
  readonly clock: Clock;
  /** The member's name; ids of the member and the cluster are derived from it. */
  readonly name: string;
  readonly memberId: bigint;
  readonly clientUrls: readonly string[];
  readonly alarms: Alarms;
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

/** Alarms that are raised: by a disk without room, or by a client. They last until one disarms them, or the server ends. */
export class Alarms {
  readonly #raised = new Set<number>();

  get raised(): readonly number[] {
    return [...this.#raised];
  }

  raise(alarm: number): void {
    this.#raised.add(alarm);
  }

  disarm(alarm: number): void {
    this.#raised.delete(alarm);
  }

  /** @throws GrpcError when there is no room for puts; deleting and compacting go on. */
  assertSpace(): void {
    if (this.#raised.has(AlarmType.noSpace)) throw etcdError('noSpace');
  }
}
