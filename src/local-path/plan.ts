/**
 * What the provisioner does for a claim and with a volume. A volume is a folder on the node that the scheduler chose:
 *
 *   claim (selected-node, class of ours) ──▶ folder, volume "pvc-UID" ──▶ Released ──▶ folder removed, volume deleted
 *
 * The annotations, finalizer and events are those of Kubernetes' external provisioners, whose protocol this is.
 */
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../api/groups/core.v1.ts';
import type { StorageClass } from '../api/groups/storage.v1.ts';
import { referenceTo } from '../api/objects/object-reference.ts';
import type { PersistentVolumes } from '../api/resources.ts';

/** What storage classes call it. */
export const provisionerName = 'slipway.dev/local-path';

const provisionedBy = 'pv.kubernetes.io/provisioned-by';
const askedProvisioner = 'volume.kubernetes.io/storage-provisioner';
const selectedNode = 'volume.kubernetes.io/selected-node';
/** Keeps a volume until its folder is gone, even if the volume is deleted before its claim. */
const finalizer = 'external-provisioner.volume.kubernetes.io/finalizer';
const hostnameLabel = 'kubernetes.io/hostname';

export type FolderPlan =
  | { readonly type: 'nothing' }
  | { readonly type: 'refuse'; readonly message: string }
  | { readonly type: 'make'; readonly nodeName: string };

export type NewVolume = NonNullable<(typeof PersistentVolumes.kind)['input']>;

/** `serves`: nodes whose folders this process can reach. */
export function planFolder(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass | undefined,
  serves: (nodeName: string) => boolean,
): FolderPlan {
  const { annotations = {}, deletionTimestamp } = claim.metadata;
  const { volumeName = '' } = claim.spec;
  if (annotations[askedProvisioner] !== provisionerName || volumeName !== '') return { type: 'nothing' };
  if (storageClass?.provisioner !== provisionerName || deletionTimestamp !== undefined) return { type: 'nothing' };
  const nodeName = annotations[selectedNode];
  if (nodeName !== undefined && !serves(nodeName)) return { type: 'nothing' };
  const problem = problemOf(claim, storageClass, nodeName);
  if (problem !== undefined || nodeName === undefined) {
    const name = storageClass.metadata.name;
    return { type: 'refuse', message: `failed to provision volume with StorageClass "${name}": ${problem ?? ''}` };
  }
  return { type: 'make', nodeName };
}

function problemOf(
  { spec }: PersistentVolumeClaim,
  { volumeBindingMode, mountOptions = [] }: StorageClass,
  nodeName: string | undefined,
): string | undefined {
  if (nodeName === undefined) {
    return `configuration error, no node was specified: the class needs volumeBindingMode "WaitForFirstConsumer", it has "${volumeBindingMode ?? 'Immediate'}"`;
  }
  if (spec.selector !== undefined) return 'claim.Spec.Selector is not supported';
  if (spec.volumeMode === 'Block') return 'folders cannot serve as block devices';
  if (spec.dataSource !== undefined || spec.dataSourceRef !== undefined) return 'data sources are not supported';
  if (mountOptions.length > 0) return 'mount options are not supported';
  const other = (spec.accessModes ?? []).find((mode) => mode !== 'ReadWriteOnce' && mode !== 'ReadWriteOncePod');
  return other === undefined
    ? undefined
    : `only access modes ReadWriteOnce and ReadWriteOncePod are supported, not ${other}`;
}

/** The old annotation goes before the field. */
export function classOfClaim({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '';
}

/** The same at each try, so that a second one finds what the first one made. */
export const volumeName = ({ metadata }: PersistentVolumeClaim): string => `pvc-${metadata.uid}`;

/** Tells people whose data it is. */
export function folderName(claim: PersistentVolumeClaim): string {
  const { namespace, name } = claim.metadata;
  return `${volumeName(claim)}_${namespace}_${name}`;
}

export function newVolume(
  claim: PersistentVolumeClaim,
  { metadata, reclaimPolicy }: StorageClass,
  { path, node }: { readonly path: string; readonly node: Node },
): NewVolume {
  const { accessModes = [], resources } = claim.spec;
  const hostname = node.metadata.labels?.[hostnameLabel] ?? node.metadata.name;
  const isHere = { matchExpressions: [{ key: hostnameLabel, operator: 'In', values: [hostname] }] };
  return {
    metadata: {
      name: volumeName(claim),
      annotations: { [provisionedBy]: provisionerName, [selectedNode]: node.metadata.name },
      ...(reclaimPolicy === 'Retain' ? {} : { finalizers: [finalizer] }),
    },
    spec: {
      capacity: { storage: resources?.requests?.['storage'] ?? '0' },
      accessModes,
      claimRef: referenceTo(claim),
      persistentVolumeReclaimPolicy: reclaimPolicy ?? 'Delete',
      storageClassName: metadata.name,
      volumeMode: 'Filesystem',
      local: { path },
      nodeAffinity: { required: { nodeSelectorTerms: [isHere] } },
    },
  };
}

export type RemovalPlan =
  | { readonly type: 'nothing' }
  | { readonly type: 'remove'; readonly path: string; readonly nodeName: string }
  | { readonly type: 'hold' }
  | { readonly type: 'let-go' };

/** One of our volumes, on a node of ours. */
export function isServed({ metadata, spec }: PersistentVolume, serves: (nodeName: string) => boolean): boolean {
  const { annotations = {} } = metadata;
  const made = annotations[provisionedBy] === provisionerName && spec.local !== undefined;
  return made && serves(annotations[selectedNode] ?? '');
}

/** A volume holds its folder as long as its reclaim policy is Delete. */
export function planRemoval(volume: PersistentVolume, serves: (nodeName: string) => boolean): RemovalPlan {
  const { annotations = {}, finalizers = [], deletionTimestamp } = volume.metadata;
  const { local, persistentVolumeReclaimPolicy: policy } = volume.spec;
  if (local === undefined || !isServed(volume, serves)) return { type: 'nothing' };
  const held = finalizers.includes(finalizer);
  if (policy !== 'Delete') return { type: held ? 'let-go' : 'nothing' };
  const { phase } = volume.status;
  const dying = deletionTimestamp !== undefined;
  if (phase === 'Released' || (dying && held && phase !== 'Bound')) {
    return { type: 'remove', path: local.path, nodeName: annotations[selectedNode] ?? '' };
  }
  return { type: held || dying ? 'nothing' : 'hold' };
}

export function withFinalizer(volume: PersistentVolume): PersistentVolume {
  const finalizers = [...(volume.metadata.finalizers ?? []), finalizer];
  return { ...volume, metadata: { ...volume.metadata, finalizers } };
}

export function withoutFinalizer(volume: PersistentVolume): PersistentVolume {
  const finalizers = (volume.metadata.finalizers ?? []).filter((name) => name !== finalizer);
  return { ...volume, metadata: { ...volume.metadata, finalizers } };
}
