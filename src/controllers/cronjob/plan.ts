/**
 * Which Job of a CronJob is due, and which finished ones may go. Only the latest time that was missed is made up for; the Job's
 * name follows from its time, so that none is made twice.
 */
import type { CronJob, Job } from '../../api/groups/batch.v1.ts';
import type { ObjectReference } from '../../api/groups/core.v1.ts';
import { CronJobs, type Jobs } from '../../api/resources.ts';
import { formatTime } from '../../api/time.ts';
import type { EventNote } from '../controller.ts';
import { isFinished } from '../job/plan.ts';
import { controllerReference } from '../owner.ts';
import { timeMs } from '../time.ts';
import { isTimeZone, nextTimeMs, parseSchedule, type Schedule } from './schedule.ts';

export interface Observed {
  readonly cronJob: CronJob;
  /** The Jobs it owns. */
  readonly jobs: readonly Job[];
  readonly nowMs: number;
}

export type NewJob = NonNullable<(typeof Jobs.kind)['input']>;

export interface Plan {
  readonly create: NewJob | undefined;
  /** When the Job to create was due. */
  readonly dueMs: number | undefined;
  readonly remove: readonly Job[];
  readonly status: CronJob['status'];
  readonly notes: readonly EventNote[];
  /** When the next one is due. */
  readonly nextMs: number | undefined;
}

const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
/** Beyond this, counting what was missed is given up. */
const missedMax = 100;

export function planCronJob(observed: Observed): Plan {
  const { cronJob, jobs, nowMs } = observed;
  const active = jobs.filter((job) => !isFinished(job) && isOwn(cronJob, job));
  const status = planStatus(observed, active);
  const idle: Plan = {
    create: undefined,
    dueMs: undefined,
    remove: planHistory(observed),
    status,
    notes: jobNotes(observed),
    nextMs: undefined,
  };
  if (cronJob.metadata.deletionTimestamp !== undefined) return idle;
  const { timeZone } = cronJob.spec;
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    const message = `invalid timeZone: ${JSON.stringify(timeZone)}: unknown time zone ${timeZone}`;
    return { ...idle, notes: [...idle.notes, { type: 'Warning', reason: 'UnknownTimeZone', message }] };
  }
  if (cronJob.spec.suspend === true) return idle;
  const noted: Plan = { ...idle, notes: [...idle.notes, ...zoneNotes(cronJob)] };
  let schedule: Schedule;
  try {
    schedule = parseSchedule(cronJob.spec.schedule, cronJob.spec.timeZone);
  } catch (error) {
    const message = `unparseable schedule: ${JSON.stringify(cronJob.spec.schedule)} : ${error instanceof Error ? error.message : ''}`;
    return { ...noted, notes: [...noted.notes, { type: 'Warning', reason: 'UnparseableSchedule', message }] };
  }
  const { dueMs, missed, nextMs } = latestDue(cronJob, schedule, nowMs);
  const waiting: Plan = { ...noted, nextMs };
  if (dueMs === undefined) return waiting;
  const notes = [...noted.notes, ...(missed > missedMax ? [tooManyMissed] : [])];
  const scheduled = { ...status, lastScheduleTime: formatTime(dueMs) };
  // It was made, but then the status was not written: it must neither be made again nor be taken for an earlier one.
  if (jobs.some(({ metadata }) => metadata.name === jobName(cronJob, dueMs))) return { ...waiting, status: scheduled };
  const deadline = cronJob.spec.startingDeadlineSeconds;
  if (deadline !== undefined && dueMs + deadline * 1000 < nowMs) {
    const message = `Missed scheduled time to start a job: ${mailTime(dueMs)}`;
    return { ...waiting, notes: [...notes, { type: 'Warning', reason: 'MissSchedule', message }] };
  }
  if (cronJob.spec.concurrencyPolicy === 'Forbid' && active.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    return { ...waiting, notes: [...notes, { type: 'Normal', reason: 'JobAlreadyActive', message }] };
  }
  const replaced = cronJob.spec.concurrencyPolicy === 'Replace' ? active : [];
  return {
    ...waiting,
    notes,
    create: jobFor(cronJob, dueMs),
    dueMs,
    remove: [...waiting.remove, ...replaced],
    status: { ...scheduled, active: (scheduled.active ?? []).filter(({ uid }) => !isAmong(replaced, uid)) },
  };
}

/** A zone in the schedule is understood, but that is no promise. */
function zoneNotes({ spec: { schedule } }: CronJob): readonly EventNote[] {
  if (!schedule.includes('TZ')) return [];
  const page = 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/';
  const message = `CRON_TZ or TZ used in schedule ${JSON.stringify(schedule)} is not officially supported, see ${page} for more details`;
  return [{ type: 'Warning', reason: 'UnsupportedSchedule', message }];
}

const isAmong = (jobs: readonly Job[], uid: string | undefined): boolean =>
  jobs.some(({ metadata }) => metadata.uid === uid);

/** As RFC 1123 writes it, with a number for the zone. */
const mailTime = (atMs: number): string => new Date(atMs).toUTCString().replace('GMT', '+0000');

/** Made on schedule. Others that name this CronJob as their owner, such as those a user started by hand, do not count as active. */
const isOwn = ({ status }: CronJob, { metadata }: Job): boolean =>
  metadata.annotations?.[scheduledAnnotation] !== undefined ||
  (status.active ?? []).some(({ uid }) => uid === metadata.uid);

const jobName = ({ metadata }: CronJob, dueMs: number): string => `${metadata.name}-${Math.floor(dueMs / 60_000)}`;

const tooManyMissed: EventNote = {
  type: 'Warning',
  reason: 'TooManyMissedTimes',
  message: 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
};

function latestDue(
  { metadata, spec, status }: CronJob,
  schedule: Schedule,
  nowMs: number,
): { readonly dueMs: number | undefined; readonly missed: number; readonly nextMs: number | undefined } {
  const deadline = spec.startingDeadlineSeconds;
  const sinceMs = Math.max(
    timeMs(status.lastScheduleTime) ?? timeMs(metadata.creationTimestamp) ?? nowMs,
    deadline === undefined ? 0 : nowMs - deadline * 1000,
  );
  let dueMs: number | undefined;
  let missed = 0;
  let atMs = nextTimeMs(schedule, sinceMs);
  for (; atMs !== undefined && atMs <= nowMs; missed++) {
    dueMs = atMs;
    // After a long sleep the times between are skipped: only the last counts.
    const jumpMs = missed > missedMax ? Math.max(atMs, nowMs - 24 * 3_600_000) : atMs;
    atMs = nextTimeMs(schedule, jumpMs);
  }
  return { dueMs, missed, nextMs: atMs };
}

function jobFor(cronJob: CronJob, dueMs: number): NewJob {
  const { metadata, spec } = cronJob.spec.jobTemplate;
  const annotations = {
    ...metadata?.annotations,
    [scheduledAnnotation]: formatTime(dueMs),
  };
  return {
    metadata: {
      name: jobName(cronJob, dueMs),
      namespace: cronJob.metadata.namespace,
      labels: metadata?.labels,
      annotations,
      ownerReferences: [controllerReference(CronJobs, cronJob)],
    },
    spec: spec ?? { template: { spec: { containers: [] } } },
  };
}

function planStatus({ cronJob, jobs }: Observed, active: readonly Job[]): CronJob['status'] {
  const successes = jobs.flatMap(({ status }) => timeMs(status.completionTime) ?? []);
  const lastMs = Math.max(timeMs(cronJob.status.lastSuccessfulTime) ?? 0, ...successes);
  return {
    ...cronJob.status,
    active: active.map(reference),
    ...(lastMs === 0 ? {} : { lastSuccessfulTime: formatTime(lastMs) }),
  };
}

function reference({ metadata }: Job): ObjectReference {
  const { name, namespace, uid, resourceVersion } = metadata;
  return { kind: 'Job', apiVersion: 'batch/v1', namespace, name, uid, resourceVersion };
}

/** What became of Jobs that were told of as active, and which run that nobody knew of. */
function jobNotes({ cronJob, jobs }: Observed): readonly EventNote[] {
  const before = cronJob.status.active ?? [];
  const known = new Set(before.map(({ uid }) => uid));
  const seen = jobs.flatMap((job): EventNote[] => {
    const { name, uid } = job.metadata;
    if (!isFinished(job)) {
      const message = `Saw a job that the controller did not create or forgot: ${name}`;
      return isOwn(cronJob, job) ? [] : [{ type: 'Warning', reason: 'UnexpectedJob', message }];
    }
    if (!known.has(uid)) return [];
    const failed = job.status.completionTime === undefined;
    const message = `Saw completed job: ${name}, condition: ${failed ? 'Failed' : 'Complete'}`;
    return [{ type: 'Normal', reason: 'SawCompletedJob', message }];
  });
  const missing = before.filter(({ uid }) => !isAmong(jobs, uid));
  return [
    ...seen,
    ...missing.map(({ name }): EventNote => {
      return { type: 'Normal', reason: 'MissingJob', message: `Active job went missing: ${name}` };
    }),
  ];
}

function planHistory({ cronJob, jobs }: Observed): readonly Job[] {
  const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cronJob.spec;
  const finished = jobs.filter((job) => isFinished(job) && job.metadata.deletionTimestamp === undefined);
  const oldest = finished.toSorted((a, b) => startOf(a) - startOf(b));
  const succeeded = oldest.filter(({ status }) => status.completionTime !== undefined);
  const failed = oldest.filter(({ status }) => status.completionTime === undefined);
  const beyond = (list: readonly Job[], limit: number) => list.slice(0, Math.max(0, list.length - limit));
  return [...beyond(succeeded, successfulJobsHistoryLimit), ...beyond(failed, failedJobsHistoryLimit)];
}

const startOf = ({ status, metadata }: Job): number => timeMs(status.startTime ?? metadata.creationTimestamp) ?? 0;
