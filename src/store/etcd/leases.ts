/** Leases, as etcd keeps them. */
import { lease } from '../protocol/services.ts';
import type { LeaseKeepAliveResponse } from '../protocol/messages.ts';
import type { Decoded } from '../protocol/schema.ts';
import { StoreError } from '../store.ts';
import type { Lease } from '../store.ts';
import type { Endpoints, Member } from './endpoints.ts';
import { failureOf } from './failure.ts';

const patienceMs = 3000;

export async function grantLease(endpoints: Endpoints, ttlSeconds: number, id: bigint): Promise<Lease> {
  // etcd chooses the id: then a lease that was granted twice does no harm, it ends by itself.
  const { response } = await endpoints.call(lease.leaseGrant, { ttl: ttlSeconds, id }, { repeatable: id === 0n });
  return { id: response.id, ttlSeconds: response.ttl };
}

/** @returns the store's revision afterwards; undefined when there is no such lease. */
export async function revokeLease(endpoints: Endpoints, id: bigint): Promise<number | undefined> {
  try {
    const { response } = await endpoints.call(lease.leaseRevoke, { id }, { repeatable: true });
    return response.header?.revision ?? 0;
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'lease-not-found') return undefined;
    throw error;
  }
}

export async function keepLeaseAlive(endpoints: Endpoints, id: bigint): Promise<Lease | undefined> {
  for (const _ of endpoints.members) {
    const member = endpoints.inUse;
    try {
      const { ttl } = await askOnce(endpoints, member, id);
      return ttl > 0 ? { id, ttlSeconds: ttl } : undefined;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'answer') throw failure.error;
      endpoints.leave(member);
    }
  }
  throw new StoreError('unavailable', 'No etcd server keeps leases alive');
}

function askOnce(endpoints: Endpoints, member: Member, id: bigint): Promise<Decoded<typeof LeaseKeepAliveResponse>> {
  const stream = endpoints.open(member, lease.leaseKeepAlive, true);
  const timer = setTimeout(() => stream.cancel(), patienceMs);
  return new Promise<Decoded<typeof LeaseKeepAliveResponse>>((resolve, reject) => {
    stream.on('data', resolve);
    stream.on('error', reject);
    stream.write({ id });
  }).finally(() => {
    clearTimeout(timer);
    stream.cancel();
  });
}
