/** Keeps the status of one PodDisruptionBudget. */
import type { Deployment, ReplicaSet, StatefulSet } from '../../api/groups/apps.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import type { PodDisruptionBudget } from '../../api/groups/policy.v1.ts';
import { Deployments, PodDisruptionBudgets, Pods, ReplicaSets, StatefulSets } from '../../api/resources.ts';
import { objectKey, splitKey, type Informer } from '../../client/informer.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import type { Controller, Run } from '../controller.ts';
import { ownerOf } from '../dependents.ts';
import { labelPredicate } from '../label-selector.ts';
import { same } from '../same.ts';
import { nextExpiryMs, planBudgetStatus } from './plan.ts';

interface Copies {
  readonly budgets: Informer<PodDisruptionBudget>;
  readonly pods: Informer<Pod>;
  readonly replicaSets: Informer<ReplicaSet>;
  readonly deployments: Informer<Deployment>;
  readonly statefulSets: Informer<StatefulSet>;
}

export const disruptionController: Controller = {
  name: 'disruption-controller',
  alias: 'disruption',
  eventSource: 'controllermanager',
  start({ informer, enqueue }) {
    const copies: Copies = {
      budgets: informer(PodDisruptionBudgets),
      pods: informer(Pods),
      replicaSets: informer(ReplicaSets),
      deployments: informer(Deployments),
      statefulSets: informer(StatefulSets),
    };
    const { budgets, pods } = copies;
    const enqueueNamespace = (namespace: string): void => {
      for (const budget of budgets.list(namespace)) enqueue(objectKey(budget));
    };
    budgets.onChange(({ object }) => enqueue(objectKey(object)));
    pods.onChange(({ object }) => {
      for (const budget of budgets.list(object.metadata.namespace)) {
        if (labelPredicate(budget.spec.selector)(object.metadata.labels)) enqueue(objectKey(budget));
      }
    });
    copies.deployments.onChange(({ object }) => enqueueNamespace(object.metadata.namespace));
    copies.statefulSets.onChange(({ object }) => enqueueNamespace(object.metadata.namespace));
    return (key, run) => reconcile(copies, key, run);
  },
};

async function reconcile(copies: Copies, key: string, run: Run): Promise<WorkResult> {
  const { namespace, name } = splitKey(key);
  const budget = copies.budgets.get(namespace, name);
  if (budget === undefined) return;
  const matches = labelPredicate(budget.spec.selector);
  const pods = copies.pods.list(namespace).filter(({ metadata }) => matches(metadata.labels));
  const status = planBudgetStatus({ budget, pods, wanted: wantedBy(copies, pods), nowMs: run.nowMs });
  if (!same(status, budget.status)) await run.client.updateStatus(PodDisruptionBudgets, { ...budget, status });
  const atMs = nextExpiryMs({ ...budget, status });
  return atMs === undefined ? undefined : { afterMs: Math.max(atMs - run.nowMs, 1000) };
}

/** The sizes of all controllers that these pods have; a pod without one counts for itself. */
function wantedBy(copies: Copies, pods: readonly Pod[]): number {
  const sizes = new Map<string, number>();
  for (const pod of pods) {
    const replicaSet = ownerOf(copies.replicaSets, pod);
    const deployment = replicaSet === undefined ? undefined : ownerOf(copies.deployments, replicaSet);
    const sized = deployment ?? replicaSet ?? ownerOf(copies.statefulSets, pod);
    sizes.set(sized?.metadata.uid ?? pod.metadata.uid, sized === undefined ? 1 : (sized.spec.replicas ?? 1));
  }
  return [...sizes.values()].reduce((total, size) => total + size, 0);
}
