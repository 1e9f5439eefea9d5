/** Writes the claim for extended resources, and into the pod's status which of its requests serves which container. */
import { isApiError } from '../../../api/api-error.ts';
import type { ResourceClaim } from '../../../api/groups/resource.v1.ts';
import { Pods, ResourceClaims } from '../../../api/resources.ts';
import type { Client } from '../../../client/client.ts';
import type { BindContext } from '../../framework.ts';
import { asCreated, isExtendedClaim, requestMappings } from './extended-resources.ts';
import { onLatest } from './reserve-claims.ts';

/** The claims, the one in memory among them replaced by what was created for it. */
export async function createExtendedClaim(
  { client, pod, table }: BindContext,
  claims: readonly ResourceClaim[],
): Promise<readonly ResourceClaim[]> {
  const inMemory = claims.find(isExtendedClaim);
  if (inMemory === undefined) return claims;
  const { namespace, name } = pod.metadata;
  const created = await client.create(ResourceClaims, asCreated(inMemory, pod));
  const allocated = { ...created, status: { ...created.status, allocation: inMemory.status.allocation } };
  table.devices.assume(allocated);
  table.devices.forget(inMemory);
  const mappings = requestMappings(pod, inMemory, table.devices);
  const extendedResourceClaimStatus = {
    requestMappings: mappings.map((each) => ({ ...each })),
    resourceClaimName: created.metadata.name,
  };
  const value = { status: { extendedResourceClaimStatus } };
  await client.patch(Pods, { namespace, name }, { type: 'merge', value }, { subresource: 'status' });
  return claims.map((claim) => (claim === inMemory ? allocated : claim));
}

export async function deleteClaim(client: Client, claim: ResourceClaim): Promise<void> {
  const { namespace, name, uid } = claim.metadata;
  try {
    await onLatest(client, claim, async (latest) => {
      await client.update(ResourceClaims, { ...latest, metadata: { ...latest.metadata, finalizers: [] } });
    });
    await client.delete(ResourceClaims, { namespace, name }, { uid });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}
