/** Takes one Deployment a step further and tells how far it is. */
import { isApiError } from '../../api/api-error.ts';
import type { Deployment, ReplicaSet } from '../../api/groups/apps.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { Deployments, Pods, ReplicaSets } from '../../api/resources.ts';
import { errorText } from '../../base/log.ts';
import { objectKey, splitKey, type Informer } from '../../client/informer.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import type { Controller, Run } from '../controller.ts';
import { claim, controlledBy, enqueueOwners, indexByController, ownerOf } from '../dependents.ts';
import { isControlledBy } from '../owner.ts';
import { isNamespaceTerminating } from '../pod-writes.ts';
import { same } from '../same.ts';
import { planDeployment, type NewReplicaSet, type Plan } from './plan.ts';
import { equalTemplates, sizeOf, type Family } from './replica-sets.ts';
import { revisionAnnotation } from './revision.ts';
import { planRollback } from './rollback.ts';
import { deadlineAtMs, planDeploymentStatus, type Progress } from './status.ts';
import { progressDeadlineMs } from './strategy.ts';

interface Copies {
  readonly deployments: Informer<Deployment>;
  readonly replicaSets: Informer<ReplicaSet>;
  readonly pods: Informer<Pod>;
}

export const deploymentController: Controller = {
  name: 'deployment-controller',
  alias: 'deployment',
  start({ informer, enqueue }) {
    const copies: Copies = {
      deployments: informer(Deployments),
      replicaSets: informer(ReplicaSets),
      pods: informer(Pods),
    };
    const { deployments, replicaSets, pods } = copies;
    indexByController(pods);
    deployments.onChange(({ object }) => enqueue(objectKey(object)));
    enqueueOwners({ owners: deployments, dependents: replicaSets, selectorOf: ({ spec }) => spec.selector, enqueue });
    pods.onChange(({ type, object }) => {
      const replicaSet = type === 'deleted' ? ownerOf(replicaSets, object) : undefined;
      const deployment = replicaSet === undefined ? undefined : ownerOf(deployments, replicaSet);
      if (deployment?.spec.strategy.type === 'Recreate') enqueue(objectKey(deployment));
    });
    return (key, run) => reconcile(copies, key, run);
  },
};

async function reconcile(copies: Copies, key: string, run: Run): Promise<WorkResult> {
  const { namespace, name } = splitKey(key);
  const deployment = copies.deployments.get(namespace, name);
  if (deployment === undefined) return;
  const replicaSets = await claim(run, {
    owner: deployment,
    ownerResource: Deployments,
    resource: ReplicaSets,
    dependents: copies.replicaSets,
    selector: deployment.spec.selector,
  });
  const rollback = planRollback(deployment, replicaSets);
  if (rollback !== undefined && deployment.metadata.deletionTimestamp === undefined) {
    await run.client.update(Deployments, rollback.deployment);
    return run.note(deployment, rollback.note);
  }
  const podsOf = (replicaSet: ReplicaSet) => controlledBy(copies.pods, replicaSet.metadata.uid);
  const plan = planDeployment({ deployment, replicaSets, podsOf });
  const created = await createCurrent(run, deployment, plan.create);
  const family = await updateFamily(run, deployment, plan);
  for (const { metadata } of plan.remove) await run.client.delete(ReplicaSets, metadata, { uid: metadata.uid });
  const revision = created?.replicaSet.metadata.annotations?.[revisionAnnotation] ?? plan.revision;
  const annotated = await annotateRevision(run, deployment, revision);
  return writeStatus(run, annotated, {
    ...plan,
    family: created === undefined ? family : { ...family, current: created.replicaSet },
    progress: created?.progress ?? plan.progress,
  });
}

interface Created {
  readonly replicaSet: ReplicaSet;
  readonly progress: Progress | undefined;
}

async function createCurrent(
  run: Run,
  deployment: Deployment,
  wanted: NewReplicaSet | undefined,
): Promise<Created | undefined> {
  if (wanted === undefined) return undefined;
  try {
    const replicaSet = await run.client.create(ReplicaSets, wanted);
    const { name } = replicaSet.metadata;
    if (sizeOf(replicaSet) > 0) noteScaling(run, deployment, name, 0, sizeOf(replicaSet));
    const message = `Created new replica set "${name}"`;
    const counted = progressDeadlineMs(deployment) !== undefined;
    return { replicaSet, progress: counted ? { status: 'True', reason: 'NewReplicaSetCreated', message } : undefined };
  } catch (error) {
    if (isApiError(error, 'AlreadyExists')) return adoptExisting(run, deployment, wanted, error);
    if (!isNamespaceTerminating(error)) await reportFailure(run, deployment, wanted, error);
    throw error;
  }
}

/** The name is taken: by the ReplicaSet that was wanted, or by another one, and then the next hash must differ. */
async function adoptExisting(
  run: Run,
  deployment: Deployment,
  wanted: NewReplicaSet,
  error: unknown,
): Promise<Created> {
  const { namespace } = deployment.metadata;
  const replicaSet = await run.client.get(ReplicaSets, { namespace, name: wanted.metadata?.name ?? '' });
  if (isControlledBy(replicaSet, deployment) && equalTemplates(replicaSet.spec.template, deployment.spec.template)) {
    return { replicaSet, progress: undefined };
  }
  const status = { ...deployment.status, collisionCount: (deployment.status.collisionCount ?? 0) + 1 };
  await run.client.updateStatus(Deployments, { ...deployment, status });
  throw error;
}

async function reportFailure(run: Run, deployment: Deployment, wanted: NewReplicaSet, error: unknown): Promise<void> {
  const reason = 'ReplicaSetCreateError';
  const message = `Failed to create new replica set "${wanted.metadata?.name ?? ''}": ${errorText(error)}`;
  run.note(deployment, { type: 'Warning', reason, message });
  if (progressDeadlineMs(deployment) === undefined) return;
  const progress: Progress = { status: 'False', reason, message };
  const family = { current: undefined, old: [] };
  const status = planDeploymentStatus({ deployment, family, progress, rollout: false, nowMs: run.nowMs });
  const next = { ...deployment, status: { ...deployment.status, conditions: status.conditions } };
  await run.client.updateStatus(Deployments, next);
}

/** The family as it stands after the updates. */
async function updateFamily(run: Run, deployment: Deployment, { family, update }: Plan): Promise<Family> {
  const updated = new Map<string, ReplicaSet>();
  for (const wanted of update) {
    const before = [family.current, ...family.old].find((one) => one?.metadata.uid === wanted.metadata.uid);
    const after = await run.client.update(ReplicaSets, wanted);
    updated.set(after.metadata.uid, after);
    const from = before === undefined ? 0 : sizeOf(before);
    if (from !== sizeOf(after)) noteScaling(run, deployment, after.metadata.name, from, sizeOf(after));
  }
  const latest = (one: ReplicaSet): ReplicaSet => updated.get(one.metadata.uid) ?? one;
  return {
    current: family.current === undefined ? undefined : latest(family.current),
    old: family.old.map(latest),
  };
}

async function annotateRevision(run: Run, deployment: Deployment, revision: string | undefined): Promise<Deployment> {
  if (revision === undefined || deployment.metadata.annotations?.[revisionAnnotation] === revision) return deployment;
  const annotations = { ...deployment.metadata.annotations, [revisionAnnotation]: revision };
  return run.client.update(Deployments, { ...deployment, metadata: { ...deployment.metadata, annotations } });
}

async function writeStatus(run: Run, deployment: Deployment, plan: Plan): Promise<WorkResult> {
  const { family, progress, rollout } = plan;
  const status = planDeploymentStatus({ deployment, family, progress, rollout, nowMs: run.nowMs });
  if (!same(status, deployment.status)) await run.client.updateStatus(Deployments, { ...deployment, status });
  const atMs = rollout ? deadlineAtMs(deployment, status) : undefined;
  return atMs === undefined ? undefined : { afterMs: Math.max(atMs - run.nowMs, 0) + 1000 };
}

function noteScaling(run: Run, deployment: Deployment, name: string, from: number, to: number): void {
  const message = `Scaled ${from < to ? 'up' : 'down'} replica set ${name} from ${from} to ${to}`;
  run.note(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message });
}
