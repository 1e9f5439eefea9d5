/** How many pods of a PodDisruptionBudget may be taken away now: what eviction asks before it deletes one. */
import type { Pod } from '../../api/groups/core.v1.ts';
import type { PodDisruptionBudget } from '../../api/groups/policy.v1.ts';
import { scaledValue } from '../../api/int-or-string.ts';
import { formatTime } from '../../api/time.ts';
import { findCondition, neverProbed } from '../condition.ts';
import { isPodFinished, isPodReady } from '../pod-state.ts';
import { timeMs } from '../time.ts';

export interface Observed {
  readonly budget: PodDisruptionBudget;
  /** Those that its selector matches. */
  readonly pods: readonly Pod[];
  /** How many pods the controllers of these pods want in all. */
  readonly wanted: number;
  readonly nowMs: number;
}

const disruptionTarget = 'DisruptionTarget';
/** An eviction that was granted counts until its pod is gone, but not longer. */
const disruptedMs = 120_000;

export function planBudgetStatus(observed: Observed): PodDisruptionBudget['status'] {
  const { budget, nowMs } = observed;
  const { pods } = observed;
  const disruptedPods = stillDisrupted(budget, pods, nowMs);
  const healthy = pods.filter(
    (pod) => isPodReady(pod) && pod.metadata.deletionTimestamp === undefined && !(pod.metadata.name in disruptedPods),
  );
  const { expected, desired } = demand(budget, pods.length, observed.wanted);
  const allowed = expected > 0 ? Math.max(0, healthy.length - desired) : 0;
  const status = allowed > 0 ? 'True' : 'False';
  const before = findCondition(budget.status.conditions, 'DisruptionAllowed');
  return {
    ...budget.status,
    observedGeneration: budget.metadata.generation,
    disruptedPods,
    disruptionsAllowed: allowed,
    currentHealthy: healthy.length,
    desiredHealthy: desired,
    expectedPods: expected,
    conditions: [
      {
        type: 'DisruptionAllowed',
        status,
        reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
        message: '',
        observedGeneration: budget.metadata.generation,
        lastTransitionTime: before?.status === status ? before.lastTransitionTime : formatTime(nowMs),
      },
    ],
  };
}

/** When it cannot be told how many pods are wanted: none may be taken away. */
export function failedBudgetStatus(
  { status }: PodDisruptionBudget,
  message: string,
  nowMs: number,
): PodDisruptionBudget['status'] {
  const before = findCondition(status.conditions, 'DisruptionAllowed');
  const failed = {
    type: 'DisruptionAllowed',
    status: 'False',
    reason: 'SyncFailed',
    message,
    observedGeneration: status.observedGeneration,
    lastTransitionTime: before?.status === 'False' ? before.lastTransitionTime : formatTime(nowMs),
  };
  const others = (status.conditions ?? []).filter((one) => one !== before);
  return { ...status, disruptionsAllowed: 0, conditions: [...others, failed] };
}

/** Pods whose eviction was granted so long ago that they should be gone. */
export function overduePods({ status }: PodDisruptionBudget, pods: readonly Pod[], nowMs: number): readonly Pod[] {
  return pods.filter(({ metadata }) => {
    const grantedMs = timeMs(status.disruptedPods?.[metadata.name]);
    return metadata.deletionTimestamp === undefined && grantedMs !== undefined && grantedMs + disruptedMs <= nowMs;
  });
}

/**
 * When the condition that says that a pod is to be taken away is to be taken back, because it is still there. Undefined: there is
 * none, or it stays: kubelets take their time.
 */
export function staleAtMs(pod: Pod): number | undefined {
  const { metadata, status } = pod;
  const condition = findCondition(status.conditions, disruptionTarget);
  if (condition?.status !== 'True' || condition.reason === 'TerminationByKubelet') return undefined;
  if (metadata.deletionTimestamp !== undefined || isPodFinished(pod)) return undefined;
  return (timeMs(condition.lastTransitionTime) ?? 0) + disruptedMs;
}

/** The pod's status without what had been said of its disruption. */
export function withoutDisruption({ metadata, status }: Pod, nowMs: number): Pod['status'] {
  const undone = {
    type: disruptionTarget,
    status: 'False',
    observedGeneration: metadata.generation,
    lastProbeTime: neverProbed,
    lastTransitionTime: formatTime(nowMs),
  };
  return {
    ...status,
    conditions: (status.conditions ?? []).map((one) => (one.type === disruptionTarget ? undone : one)),
  };
}

/** When the first granted eviction no longer counts. */
export function nextExpiryMs({ status }: PodDisruptionBudget): number | undefined {
  const times = Object.values(status.disruptedPods ?? {}).flatMap((time) => timeMs(time) ?? []);
  return times.length === 0 ? undefined : Math.min(...times) + disruptedMs;
}

/** Percentages are of what controllers want; a plain `minAvailable` is of the pods there are. */
function demand({ spec }: PodDisruptionBudget, pods: number, wanted: number): { expected: number; desired: number } {
  if (spec.maxUnavailable !== undefined) {
    return { expected: wanted, desired: Math.max(0, wanted - scaledValue(spec.maxUnavailable, wanted, 'up')) };
  }
  const minAvailable = spec.minAvailable ?? 1;
  if (typeof minAvailable === 'number') return { expected: pods, desired: minAvailable };
  return { expected: wanted, desired: scaledValue(minAvailable, wanted, 'up') };
}

function stillDisrupted(
  { status }: PodDisruptionBudget,
  pods: readonly Pod[],
  nowMs: number,
): Readonly<Record<string, string>> {
  const standing = new Set(
    pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name),
  );
  const entries = Object.entries(status.disruptedPods ?? {});
  return Object.fromEntries(
    entries.filter(([name, time]) => standing.has(name) && (timeMs(time) ?? 0) + disruptedMs > nowMs),
  );
}
