/** Keeps a pod in the zone or region that its bound volumes bear as labels. Nodes without such labels take any volume. */
import type { Node, PersistentVolume } from '../../../api/groups/core.v1.ts';
import type { StorageClass } from '../../../api/groups/storage.v1.ts';
import type { KubeObject } from '../../../api/kind.ts';
import type { ClusterEvent, Plugin, Refusal } from '../../framework.ts';
import { podClaims, usesClaim } from '../../pod-claims.ts';
import type { PodInfo } from '../../pod-info.ts';
import { storageClassOf, type Volumes } from '../../volumes.ts';

interface Place {
  readonly key: string;
  readonly values: ReadonlySet<string>;
}

const refusal: Refusal = { reasons: ['node(s) had no available volume zone'], preemptible: false };

/** Old label → the one that took its place. */
const successors: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
};
const placeLabels = [...Object.keys(successors), ...Object.values(successors)];
/** Volumes that lie in several zones name them all in one label. */
const separator = '__';

export const volumeZone: Plugin = {
  name: 'VolumeZone',
  helpedBy: ['node added', 'node labels changed', 'volume changed'],
  helps,
  preFilter({ pod, namespace }, table) {
    const places: Place[] = [];
    for (const { name, ephemeral } of podClaims(pod)) {
      if (ephemeral) continue;
      const volume = volumeOf(namespace, name, table.volumes);
      if (typeof volume === 'string') return { type: 'refuse', message: volume };
      if (volume !== undefined) places.push(...placesOf(volume));
    }
    if (places.length === 0) return { type: 'skip' };
    return { type: 'filter', filter: (row) => refusalOf(table.node(row), places) };
  },
};

function helps({ pod }: PodInfo, { about }: ClusterEvent): boolean {
  if (about === undefined) return true;
  const { object, previous, isGone } = about;
  if (isGone) return false;
  switch (object.kind) {
    case 'PersistentVolume':
      return previous === undefined || placeLabels.some((key) => labelOf(object, key) !== labelOf(previous, key));
    case 'PersistentVolumeClaim':
      return usesClaim(pod, object.metadata);
    case 'StorageClass':
      return previous === undefined && (object as StorageClass).volumeBindingMode === 'WaitForFirstConsumer';
    default:
      return false;
  }
}

function labelOf({ metadata }: KubeObject, key: string): string | undefined {
  return metadata.labels?.[key];
}

/** Undefined: it is chosen with the node. A text: why there is none. */
function volumeOf(namespace: string, name: string, volumes: Volumes): PersistentVolume | string | undefined {
  const claim = volumes.claim(namespace, name);
  if (claim === undefined) return `persistentvolumeclaim "${name}" not found`;
  const { volumeName = '' } = claim.spec;
  if (volumeName !== '') return volumes.volume(volumeName) ?? `persistentvolume "${volumeName}" not found`;
  const className = storageClassOf(claim);
  if (className === '') return 'PersistentVolumeClaim had no pv name and storageClass name';
  const storageClass = volumes.storageClass(className);
  if (storageClass === undefined) return `storageclass.storage.k8s.io "${className}" not found`;
  return storageClass.volumeBindingMode === 'WaitForFirstConsumer' ? undefined : 'PersistentVolume had no name';
}

function placesOf({ metadata }: PersistentVolume): readonly Place[] {
  return placeLabels.flatMap((key) => {
    const value = metadata.labels?.[key];
    const values = value?.split(separator).map((part) => part.trim());
    return values === undefined || values.includes('') ? [] : [{ key, values: new Set(values) }];
  });
}

function refusalOf(node: Node | undefined, places: readonly Place[]): Refusal | undefined {
  const labels = node?.metadata.labels ?? {};
  if (placeLabels.every((key) => labels[key] === undefined)) return undefined;
  const suits = places.every(({ key, values }) => {
    const value = labels[key] ?? labels[successors[key] ?? key];
    return value !== undefined && values.has(value);
  });
  return suits ? undefined : refusal;
}
