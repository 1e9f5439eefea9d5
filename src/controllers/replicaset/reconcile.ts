/** Brings the pods of one ReplicaSet to the number it wants. */
import type { ReplicaSet } from '../../api/groups/apps.v1.ts';
import { Pods, ReplicaSets } from '../../api/resources.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { errorText } from '../../base/log.ts';
import { objectKey, splitKey, type Informer } from '../../client/informer.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import type { Controller, Run } from '../controller.ts';
import { claim, controlledBy, enqueueOwners, indexByController } from '../dependents.ts';
import { controllerOf, controllerReference } from '../owner.ts';
import { podFromTemplate } from '../pod-template.ts';
import { createPods, deletePods } from '../pod-writes.ts';
import { isPodActive, nextAvailableMs } from '../pod-state.ts';
import { same } from '../same.ts';
import { planReplicas, planReplicaSetStatus, type Observed } from './plan.ts';

interface Copies {
  readonly replicaSets: Informer<ReplicaSet>;
  readonly pods: Informer<Pod>;
}

export const replicaSetController: Controller = {
  name: 'replicaset-controller',
  alias: 'replicaset',
  start({ informer, enqueue }) {
    const copies: Copies = { replicaSets: informer(ReplicaSets), pods: informer(Pods) };
    indexByController(copies.replicaSets);
    copies.replicaSets.onChange(({ object }) => enqueue(objectKey(object)));
    enqueueOwners({
      owners: copies.replicaSets,
      dependents: copies.pods,
      selectorOf: ({ spec }) => spec.selector,
      enqueue,
    });
    return (key, run) => reconcile(copies, key, run);
  },
};

async function reconcile(copies: Copies, key: string, run: Run): Promise<WorkResult> {
  const { namespace, name } = splitKey(key);
  const replicaSet = copies.replicaSets.get(namespace, name);
  if (replicaSet === undefined) return;
  const pods = await claim(run, {
    owner: replicaSet,
    ownerResource: ReplicaSets,
    resource: Pods,
    dependents: copies.pods,
    selector: replicaSet.spec.selector,
  });
  const observed: Observed = { replicaSet, pods, related: relatedPods(copies, replicaSet), nowMs: run.nowMs };
  const failure = await scale(run, observed);
  const status = planReplicaSetStatus(observed, failure === undefined ? undefined : errorText(failure.error));
  if (!same(status, replicaSet.status)) await run.client.updateStatus(ReplicaSets, { ...replicaSet, status });
  if (failure !== undefined) throw failure.error;
  const availableMs = nextAvailableMs(pods.filter(isPodActive), replicaSet.spec.minReadySeconds ?? 0, run.nowMs);
  return availableMs === undefined ? undefined : { afterMs: availableMs - run.nowMs };
}

async function scale(run: Run, observed: Observed): Promise<{ readonly error: unknown } | undefined> {
  const { replicaSet } = observed;
  const plan = planReplicas(observed);
  const pod = podFromTemplate(replicaSet.spec.template, {
    namespace: replicaSet.metadata.namespace,
    generateName: `${replicaSet.metadata.name}-`,
    owner: controllerReference(ReplicaSets, replicaSet),
  });
  try {
    await createPods(
      run,
      replicaSet,
      Array.from({ length: plan.create }, () => pod),
    );
    await deletePods(run, replicaSet, plan.remove);
    return undefined;
  } catch (error) {
    return { error };
  }
}

function relatedPods(copies: Copies, replicaSet: ReplicaSet): readonly Pod[] {
  const parent = controllerOf(replicaSet);
  const siblings = parent === undefined ? [replicaSet] : controlledBy(copies.replicaSets, parent.uid);
  return siblings.flatMap((sibling) => controlledBy(copies.pods, sibling.metadata.uid));
}
