/** How many pods of a PodDisruptionBudget may be taken away now: what eviction asks before it deletes one. */
import type { Pod } from '../../api/groups/core.v1.ts';
import type { PodDisruptionBudget } from '../../api/groups/policy.v1.ts';
import { scaledValue } from '../../api/int-or-string.ts';
import { formatTime } from '../../api/time.ts';
import { findCondition } from '../condition.ts';
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

/** An eviction that was granted counts until its pod is gone, but not longer. */
const disruptedMs = 120_000;

export function planBudgetStatus(observed: Observed): PodDisruptionBudget['status'] {
  const { budget, nowMs } = observed;
  const pods = observed.pods.filter((pod) => !isPodFinished(pod));
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
