/**
 * Brings the pods of one object to the number it wants: of a ReplicaSet, or of what reads as one, such as a
 * ReplicationController.
 */
import type { ReplicaSet, ReplicaSetStatus } from '../../api/groups/apps.v1.ts';
import type { Resource } from '../../api/resource.ts';
import { Pods } from '../../api/resources.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { errorText } from '../../base/log.ts';
import { objectKey, splitKey, type Informer } from '../../client/informer.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import type { Reconcile, Run, StartContext } from '../controller.ts';
import { claim, controlledBy, enqueueOwners, indexByController, type NamespacedObject } from '../dependents.ts';
import { controllerOf, controllerReference } from '../owner.ts';
import { podFromTemplate } from '../pod-template.ts';
import { createPods, deletePods } from '../pod-writes.ts';
import { isPodActive, nextAvailableMs } from '../pod-state.ts';
import { same } from '../same.ts';
import { planReplicas, planReplicaSetStatus, type Observed } from './plan.ts';

/** A kind whose objects keep a number of pods. */
export interface ReplicatedKind<T extends NamespacedObject, I> {
  readonly resource: Resource<T, I>;
  /** undefined: it says too little to act on. */
  read(object: T): ReplicaSet | undefined;
  withStatus(object: T, status: ReplicaSetStatus): T;
}

interface Copies<T extends NamespacedObject> {
  readonly owners: Informer<T>;
  readonly pods: Informer<Pod>;
}

export function startReplication<T extends NamespacedObject, I>(
  { informer, enqueue }: StartContext,
  kind: ReplicatedKind<T, I>,
): Reconcile {
  const copies: Copies<T> = { owners: informer(kind.resource), pods: informer(Pods) };
  indexByController(copies.owners);
  copies.owners.onChange(({ object }) => enqueue(objectKey(object)));
  enqueueOwners({
    owners: copies.owners,
    dependents: copies.pods,
    selectorOf: (owner) => kind.read(owner)?.spec.selector,
    enqueue,
  });
  return (key, run) => reconcile(copies, kind, key, run);
}

async function reconcile<T extends NamespacedObject, I>(
  copies: Copies<T>,
  kind: ReplicatedKind<T, I>,
  key: string,
  run: Run,
): Promise<WorkResult> {
  const { namespace, name } = splitKey(key);
  const owner = copies.owners.get(namespace, name);
  const replicaSet = owner === undefined ? undefined : kind.read(owner);
  if (owner === undefined || replicaSet === undefined) return;
  const pods = await claim(run, {
    owner,
    ownerResource: kind.resource,
    resource: Pods,
    dependents: copies.pods,
    selector: replicaSet.spec.selector,
  });
  const observed: Observed = { replicaSet, pods, related: relatedPods(copies, owner), nowMs: run.nowMs };
  const failure = await scale(run, kind.resource, owner, observed);
  const status = planReplicaSetStatus(observed, failure === undefined ? undefined : errorText(failure.error));
  const told = kind.withStatus(owner, status);
  if (!same(told, owner)) await run.client.updateStatus(kind.resource, told);
  if (failure !== undefined) throw failure.error;
  const availableMs = nextAvailableMs(pods.filter(isPodActive), replicaSet.spec.minReadySeconds ?? 0, run.nowMs);
  return availableMs === undefined ? undefined : { afterMs: availableMs - run.nowMs };
}

async function scale<T extends NamespacedObject, I>(
  run: Run,
  resource: Resource<T, I>,
  owner: T,
  observed: Observed,
): Promise<{ readonly error: unknown } | undefined> {
  const plan = planReplicas(observed);
  const pod = podFromTemplate(observed.replicaSet.spec.template, {
    namespace: owner.metadata.namespace,
    generateName: `${owner.metadata.name}-`,
    owner: controllerReference(resource, owner),
  });
  try {
    await createPods(
      run,
      owner,
      Array.from({ length: plan.create }, () => pod),
    );
    await deletePods(run, owner, plan.remove);
    return undefined;
  } catch (error) {
    return { error };
  }
}

function relatedPods<T extends NamespacedObject>(copies: Copies<T>, owner: T): readonly Pod[] {
  const parent = controllerOf(owner);
  const siblings = parent === undefined ? [owner] : controlledBy(copies.owners, parent.uid);
  return siblings.flatMap((sibling) => controlledBy(copies.pods, sibling.metadata.uid));
}
