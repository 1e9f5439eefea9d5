/**
 * Counting finished pods exactly once, though pods may vanish and writes may fail between any two steps:
 *
 *   pod finishes ──▶ its uid is noted as uncounted ──▶ its finalizer is taken off ──▶ it is counted, its uid forgotten
 *
 * Each arrow is one write. A pod that still has its finalizer has not been counted; a noted uid without one will be. Indexed Jobs
 * note completed and failed indexes instead, which count once by themselves.
 */
import type { Job } from '../../api/groups/batch.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { isPodActive, isPodFinished, isPodTerminating } from '../pod-state.ts';
import { judge, type Verdict } from './failure-policy.ts';
import { parseIndexes } from './index-set.ts';
import { failureCountsOf, indexOf, isIndexed, isTracked, replacesFinishedOnly } from './job-pod.ts';

/** The status stays small; the rest is noted when these have been counted. */
const uncountedMax = 500;

export interface Tally {
  /** Counted already. */
  readonly succeeded: number;
  readonly failed: number;
  /** Noted, still with a finalizer. */
  readonly uncounted: { readonly succeeded: readonly string[]; readonly failed: readonly string[] };
  readonly completedIndexes: ReadonlySet<number>;
  readonly failedIndexes: ReadonlySet<number>;
  readonly active: readonly Pod[];
  readonly terminating: readonly Pod[];
  /** Pods whose finalizer may come off once the rest of the tally is written. */
  readonly release: readonly Pod[];
  /** By index: the failed pod that stays until it has been replaced. Only with `backoffLimitPerIndex`. */
  readonly delayed: ReadonlyMap<number, Pod>;
  /** A failure that ends the whole Job. */
  readonly verdict: Verdict | undefined;
}

export function tally(job: Job, pods: readonly Pod[]): Tally {
  const { status, spec } = job;
  const indexed = isIndexed(job);
  const tracked = new Set(pods.filter(isTracked).map(({ metadata }) => metadata.uid));
  const noted = status.uncountedTerminatedPods ?? {};
  const uncounted = {
    succeeded: (noted.succeeded ?? []).filter((uid) => tracked.has(uid)),
    failed: (noted.failed ?? []).filter((uid) => tracked.has(uid)),
  };
  const newlyCounted = (kind: 'succeeded' | 'failed') => (noted[kind] ?? []).length - uncounted[kind].length;
  const failed = (status.failed ?? 0) + newlyCounted('failed');
  const succeeded = (status.succeeded ?? 0) + newlyCounted('succeeded');
  const completedIndexes = withinCompletions(parseIndexes(status.completedIndexes), spec.completions);
  const failedIndexes = withinCompletions(parseIndexes(status.failedIndexes), spec.completions);
  const release: Pod[] = [];
  let verdict: Verdict | undefined;
  // What was noted once stays so, even if somebody says that the pod runs again.
  const isNoted = new Set([...uncounted.succeeded, ...uncounted.failed]);
  const ended = pods.filter((pod) => isTracked(pod) && (hasEnded(job, pod) || isNoted.has(pod.metadata.uid)));
  for (const pod of ended) {
    const index = indexed ? indexOf(pod) : undefined;
    if (index === undefined || index >= (spec.completions ?? 0)) continue;
    if (pod.status.phase === 'Succeeded') completedIndexes.add(index);
    else if (failsIndex(job, pod)) failedIndexes.add(index);
  }
  const delayed = delayedPods(job, pods, ended, new Set([...completedIndexes, ...failedIndexes]));
  for (const pod of ended) {
    const { uid } = pod.metadata;
    const found = judge(job, pod);
    if (found.action === 'FailJob') verdict ??= found;
    if ([...delayed.values()].includes(pod)) continue;
    if (isNoted.has(uid)) {
      release.push(pod);
      continue;
    }
    if (uncounted.succeeded.length + uncounted.failed.length >= uncountedMax) break;
    release.push(pod);
    if (pod.status.phase === 'Succeeded') {
      if (!indexed) uncounted.succeeded.push(uid);
    } else if (found.action !== 'Ignore') uncounted.failed.push(uid);
  }
  return {
    delayed,
    succeeded: indexed ? completedIndexes.size : succeeded,
    failed,
    uncounted,
    completedIndexes,
    failedIndexes,
    active: pods.filter(isPodActive),
    terminating: pods.filter(isPodTerminating),
    release,
    verdict,
  };
}

/** Finished, or deleted from under the Job, which then counts as a failure unless replacements wait for the end. */
function hasEnded(job: Job, pod: Pod): boolean {
  if (isPodFinished(pod)) return true;
  return pod.metadata.deletionTimestamp !== undefined && !replacesFinishedOnly(job);
}

/** The index has failed more often than it may, or in a way that it may not at all. */
function failsIndex(job: Job, pod: Pod): boolean {
  const limit = job.spec.backoffLimitPerIndex;
  const { action } = judge(job, pod);
  if (limit === undefined || action === 'Ignore') return false;
  return action === 'FailIndex' || failureCountsOf(pod).counted >= limit;
}

/**
 * Of each index that will be tried again, the pod that failed last: its replacement takes over how often the index has failed,
 * and only then may it go.
 */
function delayedPods(
  job: Job,
  pods: readonly Pod[],
  ended: readonly Pod[],
  closed: ReadonlySet<number>,
): ReadonlyMap<number, Pod> {
  const delayed = new Map<number, Pod>();
  if (job.spec.backoffLimitPerIndex === undefined) return delayed;
  const replaced = new Set(pods.filter(isPodActive).map(indexOf));
  for (const pod of ended) {
    const index = indexOf(pod);
    if (index === undefined || index >= (job.spec.completions ?? 0) || closed.has(index) || replaced.has(index))
      continue;
    const before = delayed.get(index);
    if (before === undefined || failuresOf(pod) > failuresOf(before)) delayed.set(index, pod);
  }
  return delayed;
}

function failuresOf(pod: Pod): number {
  const { counted, ignored } = failureCountsOf(pod);
  return counted + ignored;
}

function withinCompletions(indexes: Set<number>, completions: number | undefined): Set<number> {
  for (const index of indexes) if (completions !== undefined && index >= completions) indexes.delete(index);
  return indexes;
}
