/** Whether a Job has come to its end, and why. */
import type { Job } from '../../api/groups/batch.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { timeMs } from '../time.ts';
import { parseIndexes } from './index-set.ts';
import { isIndexed } from './job-pod.ts';
import type { Tally } from './tally.ts';

export interface Outcome {
  readonly type: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

const failed = (reason: string, message: string): Outcome => ({ type: 'Failed', reason, message });

export function findOutcome(job: Job, counts: Tally, nowMs: number): Outcome | undefined {
  return decidedBefore(job) ?? findFailure(job, counts, nowMs) ?? findSuccess(job, counts);
}

/** When the Job's deadline falls, if it runs. */
export function deadlineMs({ spec, status }: Job): number | undefined {
  const startMs = timeMs(status.startTime);
  if (spec.activeDeadlineSeconds === undefined || spec.suspend === true || startMs === undefined) return undefined;
  return startMs + spec.activeDeadlineSeconds * 1000;
}

const failuresAllowed = ({ spec }: Job): number =>
  spec.backoffLimit ?? (spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1);

/** What was decided stands, though pods are still on their way out. */
function decidedBefore({ status }: Job): Outcome | undefined {
  for (const { type, status: value, reason = '', message = '' } of status.conditions ?? []) {
    if (value !== 'True') continue;
    if (type === 'FailureTarget') return failed(reason, message);
    if (type === 'SuccessCriteriaMet') return { type: 'Complete', reason, message };
  }
  return undefined;
}

function findFailure(job: Job, counts: Tally, nowMs: number): Outcome | undefined {
  const { verdict, uncounted, failedIndexes, delayed } = counts;
  if (verdict !== undefined) return failed('PodFailurePolicy', verdict.message);
  const failures = counts.failed + uncounted.failed.length + delayed.size;
  const restarts = job.spec.template.spec.restartPolicy === 'OnFailure' ? restartsOf(counts.active) : 0;
  const limit = failuresAllowed(job);
  if (failures > limit || (restarts > 0 && restarts >= limit)) {
    return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  }
  const deadline = deadlineMs(job);
  if (deadline !== undefined && deadline <= nowMs) {
    return failed('DeadlineExceeded', 'Job was active longer than specified deadline');
  }
  const { maxFailedIndexes, completions = 1 } = job.spec;
  if (maxFailedIndexes !== undefined && failedIndexes.size > maxFailedIndexes) {
    return failed('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  }
  const ended = isIndexed(job) && counts.completedIndexes.size + failedIndexes.size >= completions;
  return ended && failedIndexes.size > 0 ? failed('FailedIndexes', 'Job has failed indexes') : undefined;
}

function findSuccess(job: Job, counts: Tally): Outcome | undefined {
  const { completions } = job.spec;
  const succeeded = counts.succeeded + (isIndexed(job) ? 0 : counts.uncounted.succeeded.length);
  const rule = (job.spec.successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    const wanted = succeededIndexes === undefined ? undefined : parseIndexes(succeededIndexes);
    const met = [...counts.completedIndexes].filter((index) => wanted === undefined || wanted.has(index)).length;
    return met >= (succeededCount ?? wanted?.size ?? Infinity);
  });
  if (rule >= 0) return { type: 'Complete', reason: 'SuccessPolicy', message: `Matched rules at index ${rule}` };
  const reached = completions === undefined ? succeeded > 0 && counts.active.length === 0 : succeeded >= completions;
  if (!reached) return undefined;
  return { type: 'Complete', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
}

function restartsOf(pods: readonly Pod[]): number {
  const statuses = pods.flatMap(({ status }) => [
    ...(status.containerStatuses ?? []),
    ...(status.initContainerStatuses ?? []),
  ]);
  return statuses.reduce((total, { restartCount }) => total + restartCount, 0);
}
