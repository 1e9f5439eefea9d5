/** Starts the Jobs of one CronJob when they are due, and clears its history. */
import { isApiError } from '../../api/api-error.ts';
import type { CronJob, Job } from '../../api/groups/batch.v1.ts';
import { CronJobs, Jobs } from '../../api/resources.ts';
import { errorText } from '../../base/log.ts';
import { objectKey, splitKey, type Informer } from '../../client/informer.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import type { Controller, Run } from '../controller.ts';
import { controlledBy, enqueueOwners } from '../dependents.ts';
import { isNamespaceTerminating } from '../pod-writes.ts';
import { same } from '../same.ts';
import { planCronJob, type NewJob } from './plan.ts';

interface Copies {
  readonly cronJobs: Informer<CronJob>;
  readonly jobs: Informer<Job>;
}

export const cronJobController: Controller = {
  name: 'cronjob-controller',
  alias: 'cronjob',
  start({ informer, enqueue }) {
    const copies: Copies = { cronJobs: informer(CronJobs), jobs: informer(Jobs) };
    copies.cronJobs.onChange(({ object }) => enqueue(objectKey(object)));
    // CronJobs have no selector: nothing is adopted.
    enqueueOwners({ owners: copies.cronJobs, dependents: copies.jobs, selectorOf: () => undefined, enqueue });
    return (key, run) => reconcile(copies, key, run);
  },
};

async function reconcile({ cronJobs, jobs }: Copies, key: string, run: Run): Promise<WorkResult> {
  const { namespace, name } = splitKey(key);
  const cronJob = cronJobs.get(namespace, name);
  if (cronJob === undefined) return;
  const plan = planCronJob({ cronJob, jobs: controlledBy(jobs, cronJob.metadata.uid), nowMs: run.nowMs });
  for (const note of plan.notes) run.note(cronJob, note);
  for (const job of plan.remove) await remove(run, cronJob, job);
  if (plan.create !== undefined) await create(run, cronJob, plan.create);
  const { status } = plan;
  if (!same(withoutVersions(status), withoutVersions(cronJob.status))) {
    await run.client.updateStatus(CronJobs, { ...cronJob, status });
  }
  return plan.nextMs === undefined ? undefined : { afterMs: plan.nextMs - run.nowMs };
}

async function create(run: Run, cronJob: CronJob, job: NewJob): Promise<void> {
  try {
    const { metadata } = await run.client.create(Jobs, job);
    run.note(cronJob, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created job ${metadata.name}` });
  } catch (error) {
    if (isApiError(error, 'AlreadyExists') || isNamespaceTerminating(error)) return;
    run.note(cronJob, { type: 'Warning', reason: 'FailedCreate', message: `Error creating job: ${errorText(error)}` });
    throw error;
  }
}

async function remove(run: Run, cronJob: CronJob, { metadata }: Job): Promise<void> {
  try {
    await run.client.delete(Jobs, metadata, { uid: metadata.uid, propagationPolicy: 'Background' });
    run.note(cronJob, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted job ${metadata.name}` });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}

/** The versions of active Jobs change all the time; they are no reason to write. */
function withoutVersions({ active, ...status }: CronJob['status']): unknown {
  return { ...status, active: (active ?? []).map(({ uid }) => uid) };
}
