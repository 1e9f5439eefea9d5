/** Storage that is in use is not deleted before it no longer is: a finalizer holds it. */
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/groups/core.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { isControlledBy } from '../owner.ts';

export const claimFinalizer = 'kubernetes.io/pvc-protection';
export const volumeFinalizer = 'kubernetes.io/pv-protection';
export const attributesFinalizer = 'kubernetes.io/vac-protection';

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
      (volume.ephemeral !== undefined &&
        !isShutDown(pod) &&
        isControlledBy(claim, pod) &&
        name === ephemeralClaim(pod, volume.name)),
  );
}

/**
 * Its node is done with it. What belongs to the pod alone may go then: a pod that is deleted in the foreground waits for its
 * claims, which would wait for it.
 */
export function isShutDown({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0;
}

/** The names of the claims that the pod may use. */
export function claimNames(pod: Pod): readonly string[] {
  return (pod.spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim !== undefined) return [persistentVolumeClaim.claimName];
    return ephemeral === undefined ? [] : [ephemeralClaim(pod, name)];
  });
}

/** The classes of attributes that a claim has or is to get, or a volume has. */
export function attributesOfClaim({ spec, status }: PersistentVolumeClaim): readonly string[] {
  const names = [
    spec.volumeAttributesClassName,
    status.currentVolumeAttributesClassName,
    status.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ];
  return names.filter((name) => name !== undefined && name !== '') as string[];
}

export function attributesOfVolume({ spec }: PersistentVolume): readonly string[] {
  const { volumeAttributesClassName: name = '' } = spec;
  return name === '' ? [] : [name];
}

export const isVolumeInUse = ({ status }: PersistentVolume): boolean => status.phase === 'Bound';

const ephemeralClaim = ({ metadata }: Pod, volume: string): string => `${metadata.name}-${volume}`;
