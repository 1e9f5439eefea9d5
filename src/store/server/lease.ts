/** The service Lease. */
import type { LeaseKeepAliveRequest, LeaseKeepAliveResponse } from '../protocol/messages.ts';
import type { Decoded, Encodable } from '../protocol/schema.ts';
import { lease } from '../protocol/services.ts';
import type { EtcdContext } from './context.ts';
import { GrpcError } from './grpc-error.ts';
import { streaming, unary } from './grpc.ts';
import type { Handler, StreamCall } from './grpc.ts';
import { etcdError, inEtcdTerms } from './to-grpc-error.ts';

const maxTtlSeconds = 9_000_000_000;
/** What etcd grants at the least: one and a half times its election timeout. */
const minTtlSeconds = 2;

export function leaseHandlers(context: EtcdContext): [string, Handler][] {
  const { store, header } = context;
  const grant = unary(lease.leaseGrant, ({ ttl, id }) =>
    inEtcdTerms(async () => {
      if (ttl > maxTtlSeconds) throw etcdError('leaseTtlTooLarge');
      const granted = await store.grantLease(Math.max(ttl, minTtlSeconds), ...(id === 0n ? [] : [id]));
      return { header: header(), id: granted.id, ttl: granted.ttlSeconds };
    }),
  );
  const revoke = unary(lease.leaseRevoke, ({ id }) =>
    inEtcdTerms(async () => {
      if (!(await store.revokeLease(id))) throw etcdError('leaseNotFound');
      return { header: header() };
    }),
  );
  const timeToLive = unary(lease.leaseTimeToLive, ({ id, keys }) => {
    const state = store.describeLease(id);
    if (state === undefined) return { header: header(), id, ttl: -1 };
    return {
      header: header(),
      id,
      ttl: Math.floor(state.remainingMs / 1000),
      grantedTtl: state.ttlSeconds,
      keys: keys ? [...state.keys].sort() : [],
    };
  });
  const list = unary(lease.leaseLeases, () => ({ header: header(), leases: store.leases().map(({ id }) => ({ id })) }));
  return [
    [lease.leaseGrant.path, grant],
    [lease.leaseRevoke.path, revoke],
    [lease.leaseTimeToLive.path, timeToLive],
    [lease.leaseLeases.path, list],
    [lease.leaseKeepAlive.path, streaming(lease.leaseKeepAlive, (call) => keepAlive(context, call))],
  ];
}

function keepAlive(
  { store, header }: EtcdContext,
  call: StreamCall<Decoded<typeof LeaseKeepAliveRequest>, Encodable<typeof LeaseKeepAliveResponse>>,
): void {
  let open = 0;
  let hasEnded = false;
  const finish = (): void => {
    if (hasEnded && open === 0) call.end();
  };
  const renew = async (id: bigint): Promise<void> => {
    open += 1;
    // The header first: a lease must not seem alive at a revision at which it was revoked.
    const before = header();
    try {
      const kept = await inEtcdTerms(() => store.keepLeaseAlive(id));
      call.send({ header: before, id, ttl: kept?.ttlSeconds ?? 0 });
    } catch (error) {
      call.end(error instanceof GrpcError ? error : etcdError('stopped'));
    }
    open -= 1;
    finish();
  };
  call.listen({
    message({ id }) {
      void renew(id);
    },
    ended() {
      hasEnded = true;
      finish();
    },
    closed: () => undefined,
  });
}
