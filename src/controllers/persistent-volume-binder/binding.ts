/**
 * The two halves of a binding, as changes of the objects. Each answers the object itself when nothing is to change.
 *
 *   volume.spec.claimRef ──▶ volume.status Bound ──▶ claim.spec.volumeName ──▶ claim.status Bound
 *
 * They are written in this order, so that a volume never serves two claims: who comes second finds the reference.
 */
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/groups/core.v1.ts';
import { referenceTo } from '../../api/objects/object-reference.ts';
import { compareQuantities, parseQuantity } from '../../api/quantity.ts';
import { same } from '../same.ts';
import { bindCompleted, boundByController, hasAnnotation } from '../volume-annotations.ts';
import { isReservedFor } from './match.ts';

export function bindVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { claimRef } = volume.spec;
  const named = isReservedFor(volume, claim);
  const marked = named || hasAnnotation(volume, boundByController);
  if (named && claimRef?.uid === claim.metadata.uid) return volume;
  const annotations = marked ? {} : { annotations: { ...volume.metadata.annotations, [boundByController]: 'yes' } };
  return {
    ...volume,
    metadata: { ...volume.metadata, ...annotations },
    spec: { ...volume.spec, claimRef: referenceTo(claim) },
  };
}

export function bindClaim(claim: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaim {
  const { name } = volume.metadata;
  const annotations: Record<string, string> = { ...claim.metadata.annotations };
  if (claim.spec.volumeName !== name) annotations[boundByController] ??= 'yes';
  annotations[bindCompleted] ??= 'yes';
  if (claim.spec.volumeName === name && same(annotations, claim.metadata.annotations)) return claim;
  return { ...claim, metadata: { ...claim.metadata, annotations }, spec: { ...claim.spec, volumeName: name } };
}

/** Takes the claim off a volume; what a user set aside stays set aside, for whoever bears the name. */
export function unbindVolume(volume: PersistentVolume): PersistentVolume {
  const { claimRef, ...spec } = volume.spec;
  if (!hasAnnotation(volume, boundByController)) {
    const { uid: _, ...named } = claimRef ?? {};
    return { ...volume, spec: { ...spec, claimRef: named } };
  }
  const { [boundByController]: _, ...annotations } = volume.metadata.annotations ?? {};
  const { annotations: __, ...metadata } = volume.metadata;
  const kept = Object.keys(annotations).length === 0 ? {} : { annotations };
  return { ...volume, metadata: { ...metadata, ...kept }, spec };
}

export function withVolumePhase(volume: PersistentVolume, phase: string, message?: string): PersistentVolume {
  if (volume.status.phase === phase) return volume;
  const { message: _, ...status } = volume.status;
  return { ...volume, status: { ...status, phase, ...(message === undefined ? {} : { message }) } };
}

/** Size and class of attributes are set when the claim becomes bound, and are others' business from then on. */
export function boundClaimStatus(claim: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaim {
  const { accessModes, capacity, volumeAttributesClassName: attributes = '' } = volume.spec;
  const becomes = claim.status.phase !== 'Bound';
  const before = claim.status;
  const status = {
    ...before,
    phase: 'Bound',
    ...(accessModes === undefined ? {} : { accessModes }),
    ...(becomes && !sameSize(before.capacity, capacity) && capacity !== undefined ? { capacity } : {}),
    ...(becomes && attributes !== '' ? { currentVolumeAttributesClassName: attributes } : {}),
  };
  return same(status, before) ? claim : { ...claim, status };
}

/** A claim without a volume: neither size nor modes. */
export function unboundClaimStatus(claim: PersistentVolumeClaim, phase: 'Pending' | 'Lost'): PersistentVolumeClaim {
  const { accessModes: _, capacity: __, ...rest } = claim.status;
  const status = { ...rest, phase };
  return same(status, claim.status) ? claim : { ...claim, status };
}

type Sizes = Readonly<Record<string, string>> | undefined;

function sameSize(a: Sizes, b: Sizes): boolean {
  const [one, other] = [a?.['storage'], b?.['storage']];
  if (one === undefined || other === undefined) return one === other;
  return compareQuantities(parseQuantity(one), parseQuantity(other)) === 0;
}
