/** Which claims a pod uses: those it names, and those that are made for it from templates, as its status names them. */
import type { Pod, PodResourceClaimStatus } from '../../api/groups/core.v1.ts';
import type { ResourceClaim } from '../../api/groups/resource.v1.ts';
import { isPodFinished } from '../pod-state.ts';

export interface PodClaim {
  /** Its name within the pod. */
  readonly entry: string;
  /** Undefined while the claim is still to be made. */
  readonly claim: string | undefined;
  /** Where it is made from, by the pod alone and for it alone. */
  readonly template: string | undefined;
}

/** Those of the pod that it needs. */
export function claimsOfPod({ spec, status }: Pod): readonly PodClaim[] {
  const made = status.resourceClaimStatuses ?? [];
  return (spec.resourceClaims ?? []).flatMap((one): readonly PodClaim[] => {
    const { name: entry, resourceClaimName, resourceClaimTemplateName } = one;
    if (resourceClaimName != null) return [{ entry, claim: resourceClaimName, template: undefined }];
    const known: PodResourceClaimStatus | undefined = made.find(({ name }) => name === entry);
    const isNeedless = known !== undefined && known.resourceClaimName == null;
    if (resourceClaimTemplateName == null || isNeedless) return [];
    return [{ entry, claim: known?.resourceClaimName ?? undefined, template: resourceClaimTemplateName }];
  });
}

/** What the pod owns is for it alone. */
export function isMadeFor({ metadata }: ResourceClaim, pod: Pod): boolean {
  return (metadata.ownerReferences ?? []).some(
    ({ uid, controller }) => controller === true && uid === pod.metadata.uid,
  );
}

/** It uses nothing any more, and never will again. */
export function isDone(pod: Pod): boolean {
  return isPodFinished(pod) || (pod.metadata.deletionTimestamp !== undefined && (pod.spec.nodeName ?? '') === '');
}
