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
import { indexOf, isIndexed, isTracked, replacesFinishedOnly } from './job-pod.ts';

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
  for (const pod of pods.filter((one) => isTracked(one) && hasEnded(job, one))) {
    release.push(pod);
    const { uid } = pod.metadata;
    const index = indexed ? indexOf(pod) : undefined;
    if (pod.status.phase === 'Succeeded') {
      if (index !== undefined) completedIndexes.add(index);
      else if (!uncounted.succeeded.includes(uid)) uncounted.succeeded.push(uid);
      continue;
    }
    const found = judge(job, pod);
    if (found.action === 'FailJob') verdict ??= found;
    if (found.action === 'Ignore' || uncounted.failed.includes(uid)) continue;
    uncounted.failed.push(uid);
    if (index !== undefined && failsIndex(job, pods, index, found)) failedIndexes.add(index);
  }
  return {
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
function failsIndex({ spec }: Job, pods: readonly Pod[], index: number, { action }: Verdict): boolean {
  if (spec.backoffLimitPerIndex === undefined) return false;
  if (action === 'FailIndex') return true;
  const failures = pods.filter((pod) => pod.status.phase === 'Failed' && indexOf(pod) === index).length;
  return failures > spec.backoffLimitPerIndex;
}

function withinCompletions(indexes: Set<number>, completions: number | undefined): Set<number> {
  for (const index of indexes) if (completions !== undefined && index >= completions) indexes.delete(index);
  return indexes;
}
