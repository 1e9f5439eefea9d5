/** Claims, volumes and classes for the tests of the scheduler. */
import type { PersistentVolume, PersistentVolumeClaim } from '../api/groups/core.v1.ts';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
} from '../api/groups/storage.v1.ts';
import { storageClassOf, type VolumeSource } from './volumes.ts';

export interface TestStorage {
  readonly claims?: readonly PersistentVolumeClaim[];
  readonly volumes?: readonly PersistentVolume[];
  readonly classes?: readonly StorageClass[];
  readonly csiNodes?: readonly CSINode[];
  readonly csiDrivers?: readonly CSIDriver[];
  readonly capacities?: readonly CSIStorageCapacity[];
  readonly attachments?: readonly VolumeAttachment[];
}

/** A source of exactly these objects, which never changes. */
export function fixedStorage(storage: TestStorage): VolumeSource {
  const { claims = [], volumes = [], classes = [], csiNodes = [] } = storage;
  const { csiDrivers = [], capacities = [], attachments = [] } = storage;
  return {
    claim: (namespace, name) =>
      claims.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
    volume: (name) => volumes.find(({ metadata }) => metadata.name === name),
    volumesOf: (storageClass) => volumes.filter((volume) => storageClassOf(volume) === storageClass),
    storageClass: (name) => classes.find(({ metadata }) => metadata.name === name),
    csiNode: (nodeName) => csiNodes.find(({ metadata }) => metadata.name === nodeName),
    csiDriver: (name) => csiDrivers.find(({ metadata }) => metadata.name === name),
    capacitiesOf: (storageClass) => capacities.filter((capacity) => capacity.storageClassName === storageClass),
    attachmentsOn: (nodeName) => attachments.filter(({ spec }) => spec.nodeName === nodeName),
    onChange: () => () => undefined,
  };
}

function stored(name: string) {
  return { name, uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' };
}

export interface ClaimSketch {
  readonly volumeName?: string;
  readonly storageClassName?: string;
  readonly size?: string;
  readonly accessModes?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly phase?: string;
  readonly deletionTimestamp?: string;
}

/** A claim in the namespace default; bound when it names a volume. */
export function testClaim(name: string, sketch: ClaimSketch = {}): PersistentVolumeClaim {
  const { volumeName, storageClassName = 'fast', size = '1Gi', accessModes = ['ReadWriteOnce'] } = sketch;
  const bound = volumeName === undefined ? {} : { 'pv.kubernetes.io/bind-completed': 'yes' };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...stored(name),
      namespace: 'default',
      annotations: { ...bound, ...sketch.annotations },
      ...(sketch.deletionTimestamp === undefined ? {} : { deletionTimestamp: sketch.deletionTimestamp }),
    },
    spec: {
      resources: { requests: { storage: size } },
      storageClassName,
      accessModes,
      ...(volumeName === undefined ? {} : { volumeName }),
    },
    status: { phase: sketch.phase ?? (volumeName === undefined ? 'Pending' : 'Bound') },
  };
}

export interface VolumeSketch {
  /** The node that alone reaches it. */
  readonly node?: string;
  readonly size?: string;
  readonly storageClassName?: string;
  readonly accessModes?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly phase?: string;
  readonly csi?: { readonly driver: string; readonly volumeHandle: string };
  readonly claimRef?: { readonly namespace: string; readonly name: string };
}

export function testVolume(name: string, sketch: VolumeSketch = {}): PersistentVolume {
  const { node, size = '1Gi', storageClassName = 'fast', accessModes = ['ReadWriteOnce'], csi, claimRef } = sketch;
  const onlyThere = [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node ?? ''] }] }];
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { ...stored(name), ...(sketch.labels === undefined ? {} : { labels: sketch.labels }) },
    spec: {
      capacity: { storage: size },
      storageClassName,
      accessModes,
      ...(csi === undefined ? {} : { csi }),
      ...(claimRef === undefined ? {} : { claimRef }),
      ...(node === undefined ? {} : { nodeAffinity: { required: { nodeSelectorTerms: onlyThere } } }),
    },
    status: { phase: sketch.phase ?? 'Available' },
  };
}

export function testClass(name: string, sketch: Partial<StorageClass> = {}): StorageClass {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: stored(name),
    provisioner: 'disks.example.com',
    volumeBindingMode: 'WaitForFirstConsumer',
    ...sketch,
  };
}

/** A volume of a pod for each of these claims. */
export function usingClaims(...names: readonly string[]) {
  return { volumes: names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })) };
}
