/** What binders, provisioners and the scheduler tell one another in annotations of claims and volumes. */
import type { PersistentVolume, PersistentVolumeClaim } from '../api/groups/core.v1.ts';

/** On a claim: it was bound once. Whoever finds its volume missing from then on calls it lost. */
export const bindCompleted = 'pv.kubernetes.io/bind-completed';
/** On both: the controller made this half of the binding, so it may take it back. */
export const boundByController = 'pv.kubernetes.io/bound-by-controller';
/** On a volume: who made it, and will delete it. */
export const provisionedBy = 'pv.kubernetes.io/provisioned-by';
/** On a claim: who is to make its volume; under its old name too, which older provisioners look at. */
export const storageProvisioner = 'volume.kubernetes.io/storage-provisioner';
export const oldStorageProvisioner = 'volume.beta.kubernetes.io/storage-provisioner';
/** On a claim: the node that its first pod will run on. */
export const selectedNode = 'volume.kubernetes.io/selected-node';
/** On both: the CSI driver that took over from a provisioner that Kubernetes had built in. */
export const migratedTo = 'pv.kubernetes.io/migrated-to';

const oldClass = 'volume.beta.kubernetes.io/storage-class';

/** The storage class of a claim or a volume, '' without one; the old annotation goes before the field. */
export function classOf({ metadata, spec }: PersistentVolume | PersistentVolumeClaim): string {
  return metadata.annotations?.[oldClass] ?? spec.storageClassName ?? '';
}

/** The claim says which class it wants, were it none at all. */
export function namesClass({ metadata, spec }: PersistentVolumeClaim): boolean {
  return metadata.annotations?.[oldClass] !== undefined || spec.storageClassName !== undefined;
}

export function hasAnnotation({ metadata }: PersistentVolume | PersistentVolumeClaim, name: string): boolean {
  return metadata.annotations?.[name] !== undefined;
}
