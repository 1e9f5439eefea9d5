/**
 * What `kubectl rollout status` reads: how many replicas are current and available, and whether the rollout moves, has
 * finished or has stood still for longer than its deadline.
 */
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../api/groups/apps.v1.ts';
import { findCondition, setCondition, withoutCondition } from '../condition.ts';
import { formatTime } from '../../api/time.ts';
import { timeMs } from '../time.ts';
import { membersOf, sizeOf, sum, type Family } from './replica-sets.ts';
import { maxUnavailable, progressDeadlineMs, wantedReplicas } from './strategy.ts';

/** The Progressing condition, when something happened that is known to be progress or to stop it. */
export interface Progress {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

export interface StatusInput {
  readonly deployment: Deployment;
  /** As they stand after the step. */
  readonly family: Family;
  readonly progress: Progress | undefined;
  readonly rollout: boolean;
  readonly nowMs: number;
}

type Counts = Pick<
  DeploymentStatus,
  'observedGeneration' | 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas'
>;

export function isComplete(deployment: Deployment, status: Counts): boolean {
  const wanted = wantedReplicas(deployment);
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

export function planDeploymentStatus(input: StatusInput): DeploymentStatus {
  const { deployment, family, progress, rollout, nowMs } = input;
  const members = membersOf(family);
  const available = sum(members, ({ status }) => status.availableReplicas);
  const current = family.current === undefined ? [] : [family.current];
  const counts = {
    observedGeneration: deployment.metadata.generation,
    replicas: sum(members, ({ status }) => status.replicas),
    updatedReplicas: sum(current, ({ status }) => status.replicas),
    readyReplicas: sum(members, ({ status }) => status.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sum(members, sizeOf) - available),
    terminatingReplicas: sum(members, ({ status }) => status.terminatingReplicas),
  };
  let conditions: readonly DeploymentCondition[] = deployment.status.conditions ?? [];
  if (progress !== undefined) conditions = setCondition(conditions, progressing(progress, nowMs));
  conditions = setCondition(conditions, availability(deployment, available, nowMs));
  if (rollout) {
    conditions = measureProgress(input, counts, conditions);
    conditions = withFailure(conditions, current, members);
  }
  return { ...counts, collisionCount: deployment.status.collisionCount, conditions };
}

/** When a rollout that stands still must be looked at again. */
export function deadlineAtMs(deployment: Deployment, status: DeploymentStatus): number | undefined {
  const deadlineMs = progressDeadlineMs(deployment);
  const condition = findCondition(status.conditions, 'Progressing');
  if (deadlineMs === undefined || condition === undefined || isComplete(deployment, status)) return undefined;
  if (condition.reason === 'ProgressDeadlineExceeded') return undefined;
  const sinceMs = timeMs(condition.lastUpdateTime);
  return sinceMs === undefined ? undefined : sinceMs + deadlineMs;
}

function availability(deployment: Deployment, available: number, nowMs: number): DeploymentCondition {
  const enough = available >= wantedReplicas(deployment) - maxUnavailable(deployment);
  return {
    type: 'Available',
    status: enough ? 'True' : 'False',
    lastUpdateTime: formatTime(nowMs),
    lastTransitionTime: formatTime(nowMs),
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: enough ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
  };
}

function measureProgress(
  { deployment, family, nowMs }: StatusInput,
  counts: Counts,
  conditions: readonly DeploymentCondition[],
): readonly DeploymentCondition[] {
  if (progressDeadlineMs(deployment) === undefined) return withoutCondition(conditions, 'Progressing');
  const current = findCondition(conditions, 'Progressing');
  const { current: replicaSet } = family;
  const standing = current?.reason === 'NewReplicaSetAvailable' && counts.replicas === counts.updatedReplicas;
  // After a restart between two writes the condition may still praise the ReplicaSet of before.
  const praised = replicaSet === undefined || current?.message?.includes(`"${replicaSet.metadata.name}"`) === true;
  if (standing && praised) return conditions;
  const subject =
    replicaSet === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${replicaSet.metadata.name}"`;
  const set = (status: Progress['status'], reason: string, text: string) =>
    progressing({ status, reason, message: `${subject} ${text}` }, nowMs);
  if (isComplete(deployment, counts)) {
    const complete = set('True', 'NewReplicaSetAvailable', 'has successfully progressed.');
    const kept = praised ? conditions : withoutCondition(conditions, 'Progressing');
    return setCondition(kept, complete);
  }
  if (hasMoved(deployment.status, counts)) {
    const moved = set('True', 'ReplicaSetUpdated', 'is progressing.');
    const lastTransitionTime = current?.status === 'True' ? current.lastTransitionTime : moved.lastTransitionTime;
    return [...withoutCondition(conditions, 'Progressing'), { ...moved, lastTransitionTime }];
  }
  if (hasTimedOut(deployment, current, nowMs)) {
    return setCondition(conditions, set('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'));
  }
  return conditions;
}

/** More current, ready or available pods, or fewer old ones. */
function hasMoved(before: Counts, after: Counts): boolean {
  const count = (value: number | undefined) => value ?? 0;
  const old = (counts: Counts) => count(counts.replicas) - count(counts.updatedReplicas);
  return (
    count(after.updatedReplicas) > count(before.updatedReplicas) ||
    old(after) < old(before) ||
    count(after.readyReplicas) > count(before.readyReplicas) ||
    count(after.availableReplicas) > count(before.availableReplicas)
  );
}

function hasTimedOut(deployment: Deployment, condition: DeploymentCondition | undefined, nowMs: number): boolean {
  if (condition === undefined || condition.reason === 'NewReplicaSetAvailable') return false;
  if (condition.reason === 'ProgressDeadlineExceeded') return true;
  const sinceMs = timeMs(condition.lastUpdateTime);
  const deadlineMs = progressDeadlineMs(deployment);
  return sinceMs !== undefined && deadlineMs !== undefined && sinceMs + deadlineMs < nowMs;
}

/** Carries up why a ReplicaSet could not make or remove pods, the current one's reason before others'. */
function withFailure(
  conditions: readonly DeploymentCondition[],
  current: readonly ReplicaSet[],
  members: readonly ReplicaSet[],
): readonly DeploymentCondition[] {
  const failure = [...current, ...members]
    .map(({ status }) => findCondition(status.conditions, 'ReplicaFailure'))
    .find((condition) => condition !== undefined);
  if (failure === undefined) return withoutCondition(conditions, 'ReplicaFailure');
  return setCondition(conditions, { ...failure, lastUpdateTime: failure.lastTransitionTime });
}

function progressing(progress: Progress, nowMs: number): DeploymentCondition {
  const time = formatTime(nowMs);
  return { type: 'Progressing', lastUpdateTime: time, lastTransitionTime: time, ...progress };
}
