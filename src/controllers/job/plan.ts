/**
 * Runs pods until enough have succeeded. One run plans: which pods to make and remove, the status to write, whose finalizers to
 * take off after that, and what to tell users.
 */
import type { Job, JobCondition, JobStatus } from '../../api/groups/batch.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { formatTime } from '../../api/time.ts';
import { findCondition, setCondition } from '../condition.ts';
import type { EventNote } from '../controller.ts';
import { isPodReady } from '../pod-state.ts';
import { rankForDeletion } from '../replicaset/rank.ts';
import { nextOfIndexAtMs, nextPodAtMs } from './backoff.ts';
import { judge } from './failure-policy.ts';
import { formatIndexes } from './index-set.ts';
import {
  failureCountsOf,
  indexOf,
  isIndexed,
  isTracked,
  replacesFinishedOnly,
  type FailureCounts,
  type Place,
} from './job-pod.ts';
import { deadlineMs, findOutcome, type Outcome } from './outcome.ts';
import { tally, type Tally } from './tally.ts';

export interface Observed {
  readonly job: Job;
  /** The pods it owns. */
  readonly pods: readonly Pod[];
  readonly nowMs: number;
}

export interface Plan {
  readonly create: readonly Place[];
  /** Pods that are removed and count as failed with their Job. */
  readonly remove: readonly Pod[];
  /** Pods that are not needed: they lose their finalizer before they are removed, so that they count for nothing. */
  readonly giveUp: readonly Pod[];
  readonly status: JobStatus;
  /** Pods that lose their finalizer once the status is written. */
  readonly release: readonly Pod[];
  readonly notes: readonly EventNote[];
  /** When to look again, if nothing happens before. */
  readonly atMs: number | undefined;
}

/** Pods that one run makes or removes at most. */
const burst = 500;

export function planJob(observed: Observed): Plan {
  const { job, pods, nowMs } = observed;
  const tracked = pods.filter(isTracked);
  if (isFinished(job) || job.metadata.deletionTimestamp !== undefined) return { ...idle(job), release: tracked };
  const suspended = job.spec.suspend === true;
  const started = startedJob(job, nowMs);
  const counts = tally(started, pods);
  const outcome = findOutcome(started, counts, nowMs);
  if (outcome !== undefined) return planEnd(observed, started, counts, outcome);
  const surplus = suspended ? counts.active : surplusPods(started, counts, nowMs);
  const missing = suspended || surplus.length > 0 ? [] : missingPods(started, counts);
  const { create, readyAtMs } = startable(observed, counts, missing);
  const giveUp = surplus.slice(0, burst);
  const times = [deadlineMs(started), readyAtMs].filter((atMs) => atMs !== undefined);
  return {
    create,
    remove: [],
    giveUp,
    status: statusOf(started, counts, { create: create.length, remove: giveUp }),
    release: counts.release,
    notes: suspensionNotes(job, suspended),
    atMs: times.length === 0 ? undefined : Math.min(...times),
  };
}

export function isFinished({ status }: Job): boolean {
  return ['Complete', 'Failed'].some((type) => findCondition(status.conditions, type)?.status === 'True');
}

function idle(job: Job): Plan {
  return { create: [], remove: [], giveUp: [], status: job.status, release: [], notes: [], atMs: undefined };
}

/** The Job with the time when it began to run, and whether it is suspended. */
function startedJob(job: Job, nowMs: number): Job {
  const suspended = job.spec.suspend === true;
  const { startTime, ...status } = job.status;
  const suspension = findCondition(status.conditions, 'Suspended');
  const changed = suspended ? suspension?.status !== 'True' : suspension?.status === 'True';
  if (!changed) {
    return suspended || startTime !== undefined ? job : { ...job, status: { ...status, startTime: formatTime(nowMs) } };
  }
  const reason = suspended ? 'JobSuspended' : 'JobResumed';
  const message = suspended ? 'Job suspended' : 'Job resumed';
  const condition = conditionOf('Suspended', suspended ? 'True' : 'False', reason, message, nowMs);
  const conditions = setCondition(status.conditions, condition);
  return { ...job, status: { ...status, conditions, ...(suspended ? {} : { startTime: formatTime(nowMs) }) } };
}

function suspensionNotes(job: Job, suspended: boolean): readonly EventNote[] {
  const before = findCondition(job.status.conditions, 'Suspended')?.status === 'True';
  if (before === suspended) return [];
  return [
    suspended
      ? { type: 'Normal', reason: 'Suspended', message: 'Job suspended' }
      : { type: 'Normal', reason: 'Resumed', message: 'Job resumed' },
  ];
}

/** First it is said how the Job ends and its pods are stopped; that it has ended, when the last of them has. */
function planEnd({ nowMs }: Observed, job: Job, counts: Tally, outcome: Outcome): Plan {
  const { type, reason, message } = outcome;
  const target = type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
  const pending =
    counts.uncounted.succeeded.length + counts.uncounted.failed.length + counts.release.length + counts.delayed.size;
  const over = counts.active.length === 0 && counts.terminating.length === 0 && pending === 0;
  const stopped = [...counts.active, ...counts.terminating].filter(isTracked);
  // Pods that are stopped because the Job fails have failed with it.
  const uids = type === 'Failed' ? stopped.map(({ metadata }) => metadata.uid) : [];
  const failed = [...new Set([...counts.uncounted.failed, ...uids])];
  let conditions = setCondition(job.status.conditions, conditionOf(target, 'True', reason, message, nowMs));
  if (over) conditions = setCondition(conditions, conditionOf(type, 'True', reason, message, nowMs));
  const status: JobStatus = {
    ...statusOf(job, { ...counts, uncounted: { ...counts.uncounted, failed } }, { create: 0, remove: counts.active }),
    conditions,
    ...(over && type === 'Complete' ? { completionTime: formatTime(nowMs) } : {}),
  };
  const note: EventNote =
    type === 'Complete'
      ? { type: 'Normal', reason: 'Completed', message: 'Job completed' }
      : { type: 'Warning', reason, message };
  return {
    ...idle(job),
    remove: counts.active,
    status,
    release: [...new Set([...counts.release, ...stopped, ...counts.delayed.values()])],
    notes: over ? [...(isTooMany(job, counts, type) ? [tooManySucceeded] : []), note] : [],
  };
}

const tooManySucceeded: EventNote = {
  type: 'Warning',
  reason: 'TooManySucceededPods',
  message: 'Too many succeeded pods running after completion count reached',
};

const isTooMany = ({ spec }: Job, { succeeded }: Tally, type: Outcome['type']): boolean =>
  type === 'Complete' && spec.completions !== undefined && succeeded > spec.completions;

/** As it is once the pods have been made and removed. */
function statusOf(job: Job, counts: Tally, { create, remove }: { create: number; remove: readonly Pod[] }): JobStatus {
  const { completedIndexes, failedIndexes, uncounted } = counts;
  const staying = counts.active.filter((pod) => !remove.includes(pod));
  const perIndex = job.spec.backoffLimitPerIndex !== undefined;
  return {
    ...job.status,
    active: staying.length + create,
    succeeded: counts.succeeded,
    failed: counts.failed,
    ready: staying.filter(isPodReady).length,
    terminating: counts.terminating.length + remove.length,
    ...(isIndexed(job) ? { completedIndexes: formatIndexes(completedIndexes) } : {}),
    ...(perIndex ? { failedIndexes: formatIndexes(failedIndexes) } : {}),
    uncountedTerminatedPods: uncounted,
  };
}

/** Pods beyond the parallelism, and all but one of each index. */
function surplusPods(job: Job, counts: Tally, nowMs: number): readonly Pod[] {
  const { active } = counts;
  const taken = new Set<number>();
  const spare = isIndexed(job)
    ? active.filter((pod) => {
        const index = indexOf(pod);
        const needed = index !== undefined && isOpen(job, counts, index) && !taken.has(index);
        if (needed) taken.add(index);
        return !needed;
      })
    : [];
  const kept = active.filter((pod) => !spare.includes(pod));
  const beyond = Math.max(0, kept.length - wantedActive(job, counts));
  return [...spare, ...rankForDeletion(kept, [], nowMs).slice(0, beyond)];
}

function missingPods(job: Job, counts: Tally): readonly (number | undefined)[] {
  const busy = replacesFinishedOnly(job) ? [...counts.active, ...counts.terminating] : counts.active;
  const missing = Math.max(0, wantedActive(job, counts) - busy.length);
  if (!isIndexed(job)) return Array.from({ length: missing }, () => undefined);
  const taken = new Set(busy.map(indexOf));
  const indexes: number[] = [];
  for (let index = 0; index < (job.spec.completions ?? 0) && indexes.length < missing; index++) {
    if (isOpen(job, counts, index) && !taken.has(index)) indexes.push(index);
  }
  return indexes;
}

/** Those of the missing pods whose time has come, and when the next one's does. */
function startable(
  { job, pods, nowMs }: Observed,
  counts: Tally,
  missing: readonly (number | undefined)[],
): { readonly create: readonly Place[]; readonly readyAtMs: number | undefined } {
  if (job.spec.backoffLimitPerIndex === undefined) {
    const readyAtMs = missing.length === 0 ? 0 : nextPodAtMs(pods);
    if (readyAtMs > nowMs) return { create: [], readyAtMs };
    return { create: missing.slice(0, burst).map((index) => ({ index, failures: undefined })), readyAtMs: undefined };
  }
  const create: Place[] = [];
  const times: number[] = [];
  for (const index of missing) {
    const last = index === undefined ? undefined : counts.delayed.get(index);
    const atMs = last === undefined ? 0 : nextOfIndexAtMs(last);
    if (atMs > nowMs) times.push(atMs);
    else create.push({ index, failures: last === undefined ? { counted: 0, ignored: 0 } : countsAfter(job, last) });
  }
  return { create: create.slice(0, burst), readyAtMs: times.length === 0 ? undefined : Math.min(...times) };
}

function countsAfter(job: Job, pod: Pod): FailureCounts {
  const { counted, ignored } = failureCountsOf(pod);
  return judge(job, pod).action === 'Ignore' ? { counted, ignored: ignored + 1 } : { counted: counted + 1, ignored };
}

const isOpen = ({ spec }: Job, { completedIndexes, failedIndexes }: Tally, index: number): boolean =>
  index < (spec.completions ?? 0) && !completedIndexes.has(index) && !failedIndexes.has(index);

/** As many as may run at a time, but not more than are still needed. */
function wantedActive(job: Job, counts: Tally): number {
  const { parallelism = 1, completions } = job.spec;
  const succeeded = counts.succeeded + (isIndexed(job) ? 0 : counts.uncounted.succeeded.length);
  if (completions === undefined) return succeeded > 0 ? Math.min(counts.active.length, parallelism) : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded - counts.failedIndexes.size));
}

function conditionOf(type: string, status: string, reason: string, message: string, nowMs: number): JobCondition {
  const time = formatTime(nowMs);
  return { type, status, reason, message, lastProbeTime: time, lastTransitionTime: time };
}
