/** Keeps a pod in the zone or region that its bound volumes bear as labels. Nodes without such labels take any volume. */
import type { Node, PersistentVolume } from '../../../api/groups/core.v1.ts';
import type { Plugin, Refusal } from '../../framework.ts';
import { podClaims } from '../../pod-claims.ts';

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
  preFilter({ pod, namespace }, table) {
    const { volumes } = table;
    const places = podClaims(pod)
      .filter(({ ephemeral }) => !ephemeral)
      .flatMap(({ name }) => {
        const volumeName = volumes.claim(namespace, name)?.spec.volumeName ?? '';
        const volume = volumes.volume(volumeName);
        return volume === undefined ? [] : placesOf(volume);
      });
    if (places.length === 0) return { type: 'skip' };
    return { type: 'filter', filter: (row) => refusalOf(table.node(row), places) };
  },
};

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
