/** Pods that nobody will clean up: on nodes that are gone, deleted before they were bound, or finished and far too many. */
import type { Node, Pod } from '../../api/groups/core.v1.ts';
import type { Disruption } from '../disruption-target.ts';
import { isPodFinished } from '../pod-state.ts';

/** Finished pods that are kept for their owners and readers. */
const finishedMax = 12_500;
const outOfService = 'node.kubernetes.io/out-of-service';

export interface Observed {
  readonly pods: readonly Pod[];
  readonly nodes: ReadonlyMap<string, Node>;
  /** Nodes that have been missing for long enough to be gone for good. */
  readonly gone: ReadonlySet<string>;
}

export interface Garbage {
  readonly pod: Pod;
  /** What to say in its status first. */
  readonly disruption: Disruption | undefined;
}

export function planGarbage({ pods, nodes, gone }: Observed): readonly Garbage[] {
  const garbage: Garbage[] = [];
  const left: Pod[] = [];
  for (const pod of pods) {
    const { nodeName } = pod.spec;
    const node = nodeName === undefined ? undefined : nodes.get(nodeName);
    const deleting = pod.metadata.deletionTimestamp !== undefined;
    if (nodeName !== undefined && gone.has(nodeName))
      garbage.push({ pod, disruption: disruption('node no longer exists') });
    else if (deleting && nodeName === undefined) garbage.push({ pod, disruption: undefined });
    else if (deleting && node !== undefined && isOutOfService(node)) garbage.push({ pod, disruption: undefined });
    else left.push(pod);
  }
  const finished = left.filter(isPodFinished);
  const surplus = finished.length - finishedMax;
  if (surplus <= 0) return garbage;
  const age = ({ metadata }: Pod) => `${metadata.creationTimestamp} ${metadata.name}`;
  const oldest = finished.toSorted((a, b) => (age(a) < age(b) ? -1 : 1)).slice(0, surplus);
  return [...garbage, ...oldest.map((pod) => ({ pod, disruption: undefined }))];
}

const disruption = (why: string): Disruption => ({
  reason: 'DeletionByPodGC',
  message: `PodGC: ${why}`,
  failed: true,
});

const isOutOfService = ({ spec }: Node): boolean => (spec.taints ?? []).some(({ key }) => key === outOfService);
