/**
 * Holds a pod back until its claims are bound, and keeps it on nodes that its volumes can be reached from.
 *
 * Claims whose class waits for the first consumer are not provisioned here: such a pod is refused in so many words.
 */
import type { NodeSelectorTerm, PersistentVolumeClaim, Pod } from '../../../api/groups/core.v1.ts';
import type { Plugin, Refusal } from '../../framework.ts';
import { matchesAnyTerm } from '../node-affinity/node-selector.ts';

const elsewhere: Refusal = { reasons: ["node(s) didn't match PersistentVolume's node affinity"], preemptible: false };

export const volumeBinding: Plugin = {
  name: 'VolumeBinding',
  helpedBy: ['node added', 'node labels changed', 'volume changed', 'pod changed'],
  preFilter({ pod, namespace }, table) {
    const names = claimNames(pod);
    if (names.length === 0) return { type: 'skip' };
    const affinities: (readonly NodeSelectorTerm[])[] = [];
    for (const name of names) {
      const claim = table.volumes.claim(namespace, name);
      if (claim === undefined) return { type: 'refuse', message: `persistentvolumeclaim "${name}" not found` };
      const problem = problemOf(claim, table.volumes.waitsForConsumer(claim.spec.storageClassName ?? ''));
      if (problem !== undefined) return { type: 'refuse', message: problem };
      const required = table.volumes.volume(claim.spec.volumeName ?? '')?.spec.nodeAffinity?.required;
      if (required !== undefined) affinities.push(required.nodeSelectorTerms);
    }
    if (affinities.length === 0) return { type: 'skip' };
    return {
      type: 'filter',
      filter(row) {
        const node = table.node(row);
        return node === undefined || affinities.every((terms) => matchesAnyTerm(node, terms)) ? undefined : elsewhere;
      },
    };
  },
};

/** Claims that the pod names, and those that are made for its ephemeral volumes. */
function claimNames({ metadata, spec }: Pod): readonly string[] {
  return (spec.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim !== undefined) return [volume.persistentVolumeClaim.claimName];
    return volume.ephemeral === undefined ? [] : [`${metadata.name}-${volume.name}`];
  });
}

function problemOf({ metadata, spec, status }: PersistentVolumeClaim, waits: boolean): string | undefined {
  if (metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${metadata.name}" is being deleted`;
  if (status.phase === 'Lost') {
    return `persistentvolumeclaim "${metadata.name}" bound to non-existent persistentvolume "${spec.volumeName ?? ''}"`;
  }
  if ((spec.volumeName ?? '') !== '' && status.phase === 'Bound') return undefined;
  return waits
    ? `persistentvolumeclaim "${metadata.name}" waits for its first consumer, which this scheduler does not support`
    : 'pod has unbound immediate PersistentVolumeClaims';
}
