/** The claims that a pod uses: those it names, and those that are made for its ephemeral volumes. */
import type { PersistentVolumeClaim, Pod } from '../api/groups/core.v1.ts';

export interface PodClaim {
  readonly name: string;
  /** The claim is made for a volume of the pod and belongs to it. */
  readonly ephemeral: boolean;
}

export function podClaims({ metadata, spec }: Pod): readonly PodClaim[] {
  return (spec.volumes ?? []).flatMap((volume): readonly PodClaim[] => {
    if (volume.persistentVolumeClaim !== undefined) {
      return [{ name: volume.persistentVolumeClaim.claimName, ephemeral: false }];
    }
    return volume.ephemeral === undefined ? [] : [{ name: `${metadata.name}-${volume.name}`, ephemeral: true }];
  });
}

export function usesClaim(
  pod: Pod,
  { namespace, name }: { readonly namespace?: string | undefined; readonly name: string },
): boolean {
  return pod.metadata.namespace === namespace && podClaims(pod).some((claim) => claim.name === name);
}

/** The claim was made for this pod, and not by somebody else under the same name. */
export function isOwnedBy(claim: PersistentVolumeClaim, pod: Pod): boolean {
  return (claim.metadata.ownerReferences ?? []).some(
    ({ controller, uid }) => controller === true && uid === pod.metadata.uid,
  );
}
