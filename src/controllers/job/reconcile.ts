/** Takes one Job further. A pod whose Job is gone only loses the finalizer by which it was counted. */
import { isApiError } from '../../api/api-error.ts';
import type { Job } from '../../api/groups/batch.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { Jobs, Pods } from '../../api/resources.ts';
import { objectKey, splitKey, type Informer } from '../../client/informer.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import type { Controller, Run } from '../controller.ts';
import { claim, controlledBy, enqueueOwners, ownerOf } from '../dependents.ts';
import { patchMetadata } from '../patch-metadata.ts';
import { createPods, deletePods } from '../pod-writes.ts';
import { same } from '../same.ts';
import { isTracked, jobPod, trackingFinalizer } from './job-pod.ts';
import { planJob } from './plan.ts';

interface Copies {
  readonly jobs: Informer<Job>;
  readonly pods: Informer<Pod>;
}

/** Before the key of a pod: no name of a namespace has a space. */
const orphanPrefix = 'orphan ';
const ownController = 'kubernetes.io/job-controller';

export const jobController: Controller = {
  name: 'job-controller',
  alias: 'job',
  start({ informer, enqueue }) {
    const copies: Copies = { jobs: informer(Jobs), pods: informer(Pods) };
    const { jobs, pods } = copies;
    enqueueOwners({ owners: jobs, dependents: pods, selectorOf: ({ spec }) => spec.selector, enqueue });
    jobs.onChange(({ type, object }) => {
      enqueue(objectKey(object));
      if (type !== 'deleted') return;
      for (const pod of controlledBy(pods, object.metadata.uid)) enqueue(orphanPrefix + objectKey(pod));
    });
    pods.onChange(({ object }) => {
      if (isTracked(object)) enqueue(orphanPrefix + objectKey(object));
    });
    return (key, run) => {
      if (key.startsWith(orphanPrefix)) return releaseOrphan(copies, key.slice(orphanPrefix.length), run);
      return reconcile(copies, key, run);
    };
  },
};

async function reconcile({ jobs, pods: copy }: Copies, key: string, run: Run): Promise<WorkResult> {
  const { namespace, name } = splitKey(key);
  const job = jobs.get(namespace, name);
  if (job === undefined || (job.spec.managedBy ?? ownController) !== ownController) return;
  const pods = await claim(run, {
    owner: job,
    ownerResource: Jobs,
    resource: Pods,
    dependents: copy,
    selector: job.spec.selector,
  });
  const plan = planJob({ job, pods, nowMs: run.nowMs });
  const created = plan.create.map((place) => jobPod(job, place));
  // The status counts the pods that are to be made and removed: it is written when they are.
  for (const pod of plan.giveUp.filter(isTracked)) await release(run, pod);
  await deletePods(run, job, [...plan.remove, ...plan.giveUp]);
  await createPods(run, job, created);
  if (!same(plan.status, job.status)) await run.client.updateStatus(Jobs, { ...job, status: plan.status });
  for (const note of plan.notes) run.note(job, note);
  for (const pod of plan.release) await release(run, pod);
  return plan.atMs === undefined ? undefined : { afterMs: Math.max(plan.atMs - run.nowMs, 0) };
}

async function releaseOrphan({ jobs, pods }: Copies, key: string, run: Run): Promise<void> {
  const { namespace, name } = splitKey(key);
  const pod = pods.get(namespace, name);
  if (pod !== undefined && isTracked(pod) && ownerOf(jobs, pod) === undefined) await release(run, pod);
}

/** Tied to the version that was read: finalizers of others stay. */
async function release(run: Run, pod: Pod): Promise<void> {
  const finalizers = (pod.metadata.finalizers ?? []).filter((one) => one !== trackingFinalizer);
  try {
    await patchMetadata(run, Pods, pod, { finalizers });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}
