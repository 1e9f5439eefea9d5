/** Which changes of claims, devices and pods can help a pod that got no devices. */
import type { ResourceClaim } from '../../../api/groups/resource.v1.ts';
import { equalJson } from '../../equal-json.ts';
import type { ClusterEvent } from '../../framework.ts';
import type { PodInfo } from '../../pod-info.ts';

export function deviceHelps({ pod, namespace }: PodInfo, { change, about }: ClusterEvent): boolean {
  if (change !== 'device changed' || about === undefined) return true;
  const { object, previous, isGone } = about;
  if (object.kind !== 'ResourceClaim') return !isGone;
  const { metadata, status } = object as ResourceClaim;
  const before = (previous as ResourceClaim | undefined)?.status;
  // Its devices are free for anybody.
  if (isGone) return status.allocation !== undefined;
  if (before?.allocation !== undefined && status.allocation === undefined) return true;
  const { resourceClaimStatuses = [] } = pod.status;
  const isOwn =
    metadata.namespace === namespace &&
    ((pod.spec.resourceClaims ?? []).some(({ resourceClaimName }) => resourceClaimName === metadata.name) ||
      resourceClaimStatuses.some(({ resourceClaimName }) => resourceClaimName === metadata.name));
  return isOwn && !equalJson(before ?? null, status);
}
