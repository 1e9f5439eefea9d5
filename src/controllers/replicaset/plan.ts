/** A ReplicaSet keeps as many active pods as its spec says, and counts them in its status. */
import type { ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '../../api/groups/apps.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { setCondition, withoutCondition } from '../condition.ts';
import { hasLabels } from '../label-selector.ts';
import { isPodActive, isPodAvailable, isPodReady, isPodTerminating } from '../pod-state.ts';
import { formatTime } from '../../api/time.ts';
import { rankForDeletion } from './rank.ts';

/** Pods that one run makes or removes at most. */
const burst = 500;

export interface Observed {
  readonly replicaSet: ReplicaSet;
  /** The pods it owns. */
  readonly pods: readonly Pod[];
  /** The pods of all ReplicaSets of the same Deployment. */
  readonly related: readonly Pod[];
  readonly nowMs: number;
}

export interface Plan {
  readonly create: number;
  readonly remove: readonly Pod[];
}

export function planReplicas({ replicaSet, pods, related, nowMs }: Observed): Plan {
  const active = pods.filter(isPodActive);
  const missing = wantedReplicas(replicaSet) - active.length;
  if (replicaSet.metadata.deletionTimestamp !== undefined || missing === 0) return { create: 0, remove: [] };
  if (missing > 0) return { create: Math.min(missing, burst), remove: [] };
  return { create: 0, remove: rankForDeletion(active, related, nowMs).slice(0, Math.min(-missing, burst)) };
}

/** `failure`: what went wrong when the plan for the pods was carried out. */
export function planReplicaSetStatus(observed: Observed, failure: string | undefined): ReplicaSetStatus {
  const { replicaSet, pods, nowMs } = observed;
  const minReadySeconds = replicaSet.spec.minReadySeconds ?? 0;
  const labels = replicaSet.spec.template.metadata.labels ?? {};
  let [replicas, fullyLabeledReplicas, readyReplicas, availableReplicas, terminatingReplicas] = [0, 0, 0, 0, 0];
  // All in one go: this is asked for each change of each pod.
  for (const pod of pods) {
    if (isPodTerminating(pod)) terminatingReplicas++;
    if (!isPodActive(pod)) continue;
    replicas++;
    if (hasLabels(pod.metadata.labels, labels)) fullyLabeledReplicas++;
    if (!isPodReady(pod)) continue;
    readyReplicas++;
    if (isPodAvailable(pod, minReadySeconds, nowMs)) availableReplicas++;
  }
  return {
    replicas,
    fullyLabeledReplicas,
    readyReplicas,
    availableReplicas,
    terminatingReplicas,
    observedGeneration: replicaSet.metadata.generation,
    conditions: planConditions(observed, replicas, failure),
  };
}

const wantedReplicas = (replicaSet: ReplicaSet): number => replicaSet.spec.replicas ?? 1;

function planConditions(
  { replicaSet, nowMs }: Observed,
  active: number,
  failure: string | undefined,
): readonly ReplicaSetCondition[] {
  const { conditions } = replicaSet.status;
  if (failure === undefined) return withoutCondition(conditions, 'ReplicaFailure');
  return setCondition(conditions, {
    type: 'ReplicaFailure',
    status: 'True',
    reason: active < wantedReplicas(replicaSet) ? 'FailedCreate' : 'FailedDelete',
    message: failure,
    lastTransitionTime: formatTime(nowMs),
  });
}
