/** Writes allocations into claims, and the pod among those for whom they are reserved. */
import { isApiError } from '../../../api/api-error.ts';
import type { Pod } from '../../../api/groups/core.v1.ts';
import type { ResourceClaim } from '../../../api/groups/resource.v1.ts';
import { ResourceClaims } from '../../../api/resources.ts';
import { formatTime } from '../../../api/time.ts';
import type { Client } from '../../../client/client.ts';
import type { BindContext } from '../../framework.ts';

/** Keeps a claim that has devices from going before they were given back. */
const finalizer = 'resource.kubernetes.io/delete-protection';
const attempts = 5;

/** `claims`: with the allocation that each shall have. @throws ApiError */
export async function reserveClaims(context: BindContext, claims: readonly ResourceClaim[]): Promise<void> {
  for (const claim of claims) await onLatest(context.client, claim, (latest) => reserveClaim(context, claim, latest));
}

/** Takes the devices away from a claim that nobody uses, or nobody but `user`. */
export async function deallocate(client: Client, claim: ResourceClaim, user?: Pod): Promise<void> {
  await onLatest(client, claim, async (latest) => {
    const others = (latest.status.reservedFor ?? []).filter(({ uid }) => uid !== user?.metadata.uid);
    if (user !== undefined && others.length > 0) return;
    const { allocation: _, reservedFor: __, devices: ___, ...status } = latest.status;
    if (latest.status.allocation !== undefined) await client.updateStatus(ResourceClaims, { ...latest, status });
  });
}

async function reserveClaim(
  { client, pod, clock }: BindContext,
  { status: { allocation } }: ResourceClaim,
  latest: ResourceClaim,
): Promise<void> {
  const { finalizers = [], namespace, name } = latest.metadata;
  const key = `${namespace}/${name}`;
  if (latest.metadata.deletionTimestamp !== undefined) throw new Error(`claim ${key} got deleted in the meantime`);
  const guarded = finalizers?.includes(finalizer) === true;
  const metadata = { ...latest.metadata, finalizers: [...(finalizers ?? []), finalizer] };
  const found = guarded ? latest : await client.update(ResourceClaims, { ...latest, metadata });
  const chosen = found.status.allocation ?? {
    ...allocation,
    devices: allocation?.devices ?? {},
    allocationTimestamp: formatTime(clock.now()),
  };
  const reservedFor = found.status.reservedFor ?? [];
  const ours = reservedFor.some(({ uid }) => uid === pod.metadata.uid);
  if (ours && found.status.allocation !== undefined) return;
  const status = {
    ...found.status,
    allocation: chosen,
    reservedFor: ours ? reservedFor : [...reservedFor, consumer(pod)],
  };
  await client.updateStatus(ResourceClaims, { ...found, status });
}

function consumer({ metadata }: Pod) {
  return { resource: 'pods', name: metadata.name, uid: metadata.uid };
}

/** Tries again on the newer object when somebody else wrote it. */
export async function onLatest(
  client: Client,
  { metadata: { namespace, name } }: ResourceClaim,
  write: (latest: ResourceClaim) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await write(await client.get(ResourceClaims, { namespace, name }));
      return;
    } catch (error) {
      if (attempt === attempts || !isApiError(error, 'Conflict')) throw error;
    }
  }
}
