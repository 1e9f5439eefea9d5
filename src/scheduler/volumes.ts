/** Persistent volumes as decisions look them up. */
import type { PersistentVolume, PersistentVolumeClaim } from '../api/groups/core.v1.ts';
import { PersistentVolumeClaims, PersistentVolumes, StorageClasses } from '../api/resources.ts';
import type { Informers } from '../client/informer.ts';

export interface VolumeLookup {
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  /** Claims of the class are bound only when a pod that uses them has a node. */
  waitsForConsumer(storageClass: string): boolean;
}

export const noVolumes: VolumeLookup = {
  claim: () => undefined,
  volume: () => undefined,
  waitsForConsumer: () => false,
};

export function lookUpVolumes(informers: Informers): VolumeLookup {
  const claims = informers.of(PersistentVolumeClaims);
  const volumes = informers.of(PersistentVolumes);
  const classes = informers.of(StorageClasses);
  return {
    claim: (namespace, name) => claims.get(namespace, name),
    volume: (name) => volumes.get(undefined, name),
    waitsForConsumer: (name) => classes.get(undefined, name)?.volumeBindingMode === 'WaitForFirstConsumer',
  };
}
