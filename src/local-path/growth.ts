/**
 * A claim that asks for more. A folder has no size of its own, it is as large as the disk that it lies on, so there is nothing to
 * do but to say so. Whether a claim may ask is up to its class (`allowVolumeExpansion`), which the API server has checked.
 */
import type { PersistentVolume, PersistentVolumeClaim } from '../api/groups/core.v1.ts';
import { compareQuantities, parseQuantity } from '../api/quantity.ts';

/** The size that is asked for, or undefined when claim and volume have it. */
export function wantedSize(claim: PersistentVolumeClaim, volume: PersistentVolume): string | undefined {
  const wanted = claim.spec.resources?.requests?.['storage'];
  if (wanted === undefined || claim.status.phase !== 'Bound') return undefined;
  if (volume.spec.claimRef?.uid !== claim.metadata.uid) return undefined;
  const lacks = (has: string | undefined): boolean =>
    has !== undefined && compareQuantities(parseQuantity(wanted), parseQuantity(has)) > 0;
  return lacks(claim.status.capacity?.['storage']) || lacks(volume.spec.capacity?.['storage']) ? wanted : undefined;
}

export function grownVolume(volume: PersistentVolume, storage: string): PersistentVolume {
  const has = volume.spec.capacity?.['storage'];
  const isThere = has !== undefined && compareQuantities(parseQuantity(has), parseQuantity(storage)) >= 0;
  return isThere ? volume : { ...volume, spec: { ...volume.spec, capacity: { ...volume.spec.capacity, storage } } };
}

/** As if it had been so from the beginning: no conditions and no steps of resizing are left. */
export function grownClaim(claim: PersistentVolumeClaim, storage: string): PersistentVolumeClaim {
  const { allocatedResourceStatuses: _, conditions = [], ...status } = claim.status;
  const kept = conditions.filter(({ type }) => !resizing.has(type));
  return {
    ...claim,
    status: {
      ...status,
      ...(kept.length === 0 ? {} : { conditions: kept }),
      capacity: { ...status.capacity, storage },
      allocatedResources: { ...status.allocatedResources, storage },
    },
  };
}

const resizing = new Set(['Resizing', 'FileSystemResizePending', 'ControllerResizeError', 'NodeResizeError']);
