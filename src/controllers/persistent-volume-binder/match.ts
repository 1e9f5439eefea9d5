/**
 * Which volume suits a claim: one that was set aside for it, else the smallest that is free, among those with the fewest
 * access modes beyond what was asked for.
 */
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/groups/core.v1.ts';
import { labelSelectorRequirements, matchesLabels } from '../../api/label-selector.ts';
import { compareQuantities, parseQuantity, type Quantity } from '../../api/quantity.ts';
import { classOf } from '../volume-annotations.ts';

export interface MatchOptions {
  /** The scheduler chooses among free volumes; only those that were set aside are looked at here. */
  readonly onlyReserved: boolean;
}

export function findVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  { onlyReserved }: MatchOptions,
): PersistentVolume | undefined {
  const suiting = volumes
    .filter((volume) => hasModes(volume, claim) && holds(volume, claim) && isFree(volume, claim))
    .toSorted((a, b) => modesOf(a) - modesOf(b) || compareQuantities(sizeOf(a), sizeOf(b)));
  const reserved = suiting.find((volume) => isReservedFor(volume, claim));
  if (reserved !== undefined || onlyReserved) return reserved;
  return suiting.find((volume) => isOffered(volume, claim));
}

/** Why the volume that a claim asks for by name does not suit it; undefined when it does. */
export function volumeMismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (volume.metadata.deletionTimestamp !== undefined) {
    return `the volume is marked for deletion "${volume.metadata.name}"`;
  }
  if (compareQuantities(sizeOf(volume), requestOf(claim)) < 0) return 'requested PV is too small';
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match';
  if (attributesOf(volume) !== attributesOf(claim)) return 'volumeAttributesClassName does not match';
  if (volumeModeOf(volume) !== volumeModeOf(claim)) return 'incompatible volumeMode';
  return hasModes(volume, claim) ? undefined : 'incompatible accessMode';
}

/** The volume names the claim as its own: set aside by a user, or bound. */
export function isReservedFor({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const { claimRef } = spec;
  if (claimRef?.name !== metadata.name || claimRef.namespace !== metadata.namespace) return false;
  return (claimRef.uid ?? '') === '' || claimRef.uid === metadata.uid;
}

export function volumeModeOf({ spec }: PersistentVolume | PersistentVolumeClaim): string {
  return spec.volumeMode ?? 'Filesystem';
}

function isFree(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  if (volume.metadata.deletionTimestamp !== undefined) return false;
  return volume.spec.claimRef === undefined || isReservedFor(volume, claim);
}

/** Big enough, and of the right nature. */
function holds(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (
    compareQuantities(sizeOf(volume), requestOf(claim)) >= 0 &&
    volumeModeOf(volume) === volumeModeOf(claim) &&
    attributesOf(volume) === attributesOf(claim)
  );
}

function isOffered(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  if (volume.status.phase !== 'Available' || classOf(volume) !== classOf(claim)) return false;
  if (claim.spec.selector === undefined) return true;
  const requirements = labelSelectorRequirements(claim.spec.selector);
  return requirements !== undefined && matchesLabels(requirements, volume.metadata.labels);
}

function hasModes(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (claim.spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode) === true);
}

function modesOf({ spec }: PersistentVolume): number {
  return new Set(spec.accessModes).size;
}

function attributesOf({ spec }: PersistentVolume | PersistentVolumeClaim): string {
  return spec.volumeAttributesClassName ?? '';
}

function sizeOf({ spec }: PersistentVolume): Quantity {
  return parseQuantity(spec.capacity?.['storage'] ?? '0');
}

function requestOf({ spec }: PersistentVolumeClaim): Quantity {
  return parseQuantity(spec.resources?.requests?.['storage'] ?? '0');
}
