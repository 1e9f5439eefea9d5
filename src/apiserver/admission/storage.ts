/**
 * StorageObjectInUseProtection: volumes and claims get the finalizer that keeps them while they are in use.
 * PersistentVolumeClaimResize: a claim grows only where its class says that its volumes can.
 */
import type { Draft } from '../../api/descriptor.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/groups/core.v1.ts';
import type { StorageClass } from '../../api/groups/storage.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { compareQuantities, parseQuantity } from '../../api/quantity.ts';
import { PersistentVolumeClaims, PersistentVolumes } from '../../api/resources.ts';
import { storageKey, type Served } from '../registry/served.ts';
import type { AdmissionPlugin } from './admission.ts';
import { objectOf, refusal } from './refusal.ts';

export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  about: [PersistentVolumes, PersistentVolumeClaims],
  mutate(request) {
    protect(objectOf<PersistentVolume>(request, PersistentVolumes, 'CREATE'), 'kubernetes.io/pv-protection');
    protect(objectOf<PersistentVolumeClaim>(request, PersistentVolumeClaims, 'CREATE'), 'kubernetes.io/pvc-protection');
  },
};

export function createClaimResize(classes: Served): AdmissionPlugin {
  return {
    name: 'PersistentVolumeClaimResize',
    about: [PersistentVolumeClaims],
    async validate(request) {
      const claim = objectOf<PersistentVolumeClaim>(request, PersistentVolumeClaims, 'UPDATE');
      if (claim === undefined) return;
      const old = request.old as unknown as PersistentVolumeClaim;
      if (!grows(claim as PersistentVolumeClaim, old)) return;
      if (old.status.phase !== 'Bound') throw refusal(request, 'Only bound persistent volume claims can be expanded');
      await classes.cache.ready();
      const name = claimClass(old);
      const entry = name === '' ? undefined : classes.cache.get(storageKey(classes, undefined, name));
      const resizable = (entry?.object as unknown as StorageClass | undefined)?.allowVolumeExpansion === true;
      if (resizable && claimClass(claim as PersistentVolumeClaim) === name) return;
      const why = 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc';
      throw refusal(request, `${why} must support resize`);
    },
  };
}

/** The name of a claim's class, '' where it has none. */
function claimClass({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '';
}

function protect(draft: Draft<Pick<KubeObject, 'metadata'>> | undefined, finalizer: string): void {
  if (draft === undefined) return;
  const finalizers = draft.metadata.finalizers ?? [];
  if (!finalizers.includes(finalizer)) draft.metadata.finalizers = [...finalizers, finalizer];
}

function grows(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean {
  const size = ({ spec }: PersistentVolumeClaim) => parseQuantity(spec.resources?.requests?.['storage'] ?? '0');
  return compareQuantities(size(claim), size(old)) > 0;
}
