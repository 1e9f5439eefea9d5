/** Volumes, claims and classes as the server would answer them, for tests of the controllers of storage. */
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/groups/core.v1.ts';
import type { StorageClass } from '../../api/groups/storage.v1.ts';
import { metadata } from './objects.ts';

export function volume(
  name: string,
  spec: Partial<PersistentVolume['spec']> = {},
  { phase = 'Available', ...meta }: { readonly phase?: string; readonly annotations?: Record<string, string> } = {},
): PersistentVolume {
  const { namespace: _, ...own } = metadata(name, meta);
  const capacity = { storage: '1Gi' };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: own,
    spec: {
      capacity,
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      volumeMode: 'Filesystem',
      hostPath: { path: '/data' },
      ...spec,
    },
    status: { phase },
  };
}

export function storageClaim(
  name: string,
  spec: Partial<PersistentVolumeClaim['spec']> = {},
  meta: object = {},
  status: PersistentVolumeClaim['status'] = { phase: 'Pending' },
): PersistentVolumeClaim {
  const resources = { requests: { storage: '1Gi' } };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadata(name, meta),
    spec: { accessModes: ['ReadWriteOnce'], resources, volumeMode: 'Filesystem', storageClassName: '', ...spec },
    status,
  };
}

export function storageClass(name: string, more: Partial<StorageClass> = {}, meta: object = {}): StorageClass {
  const { namespace: _, ...own } = metadata(name, meta);
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: own,
    provisioner: 'example.com/maker',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    ...more,
  };
}

/** How a volume names a claim of `storageClaim()`. */
export function claimRef(name: string, uid = `uid-${name}`): NonNullable<PersistentVolume['spec']['claimRef']> {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    namespace: 'default',
    name,
    ...(uid === '' ? {} : { uid }),
  };
}
