/** Storage that is in use is not deleted before it no longer is: a finalizer holds it. */
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/groups/core.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { isControlledBy } from '../owner.ts';

export const claimFinalizer = 'kubernetes.io/pvc-protection';
export const volumeFinalizer = 'kubernetes.io/pv-protection';

/** The finalizers it should have, or undefined when it has them. One that is being deleted gets no new ones. */
export function planFinalizers(object: KubeObject, finalizer: string, inUse: boolean): readonly string[] | undefined {
  const { finalizers = [], deletionTimestamp } = object.metadata;
  const held = finalizers.includes(finalizer);
  if (deletionTimestamp === undefined) return held ? undefined : [...finalizers, finalizer];
  return held && !inUse ? finalizers.filter((one) => one !== finalizer) : undefined;
}

/** A pod that no node was found for uses nothing yet; one that has finished still does, until it is deleted. */
export function podUsesClaim(pod: Pod, claim: PersistentVolumeClaim): boolean {
  if ((pod.spec.nodeName ?? '') === '') return false;
  const { name } = claim.metadata;
  return (pod.spec.volumes ?? []).some(
    (volume) =>
      volume.persistentVolumeClaim?.claimName === name ||
      (volume.ephemeral !== undefined && isControlledBy(claim, pod) && name === ephemeralClaim(pod, volume.name)),
  );
}

/** The names of the claims that the pod may use. */
export function claimNames(pod: Pod): readonly string[] {
  return (pod.spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim !== undefined) return [persistentVolumeClaim.claimName];
    return ephemeral === undefined ? [] : [ephemeralClaim(pod, name)];
  });
}

export const isVolumeInUse = ({ status }: PersistentVolume): boolean => status.phase === 'Bound';

const ephemeralClaim = ({ metadata }: Pod, volume: string): string => `${metadata.name}-${volume}`;
