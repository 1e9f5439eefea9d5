/** What happened in the cluster, in the scheduler's terms. */
import type { KubeObject } from '../api/kind.ts';
import type { Change } from '../client/informer.ts';
import type { ChangedObject, ClusterEvent } from './framework.ts';
import type { PodInfo } from './pod-info.ts';

/** What a pod that was promised room leaves to others, those apart that matter more: they did not mind it. */
export function roomPromisedTo(pod: PodInfo | undefined): readonly ClusterEvent[] {
  return pod === undefined ? [] : [{ change: 'assigned pod deleted', pod, highestPriority: pod.priority }];
}

export function aboutChange(change: Change<KubeObject>): ChangedObject {
  const previous = change.type === 'updated' ? change.previous : undefined;
  return { object: change.object, previous, isGone: change.type === 'deleted' };
}
