/** Keeps the status of one PodDisruptionBudget, and takes back what was said of pods that were to go and did not. */
import { goSelector } from '../../api/go-selector.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import type { PodDisruptionBudget } from '../../api/groups/policy.v1.ts';
import {
  Deployments,
  PodDisruptionBudgets,
  Pods,
  ReplicaSets,
  ReplicationControllers,
  StatefulSets,
} from '../../api/resources.ts';
import { objectKey, splitKey, type Informer } from '../../client/informer.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import type { Controller, EventNote, Run } from '../controller.ts';
import { ResourcesByKind } from '../horizontal-pod-autoscaler/scale-target.ts';
import { labelPredicate } from '../label-selector.ts';
import { same } from '../same.ts';
import { DemandError, demandOf, type ControllerCopies, type Demand } from './demand.ts';
import {
  failedBudgetStatus,
  nextExpiryMs,
  overduePods,
  planBudgetStatus,
  staleAtMs,
  withoutDisruption,
} from './plan.ts';

interface Copies extends ControllerCopies {
  readonly budgets: Informer<PodDisruptionBudget>;
  readonly pods: Informer<Pod>;
  readonly resources: ResourcesByKind;
}

const eventSource = 'controllermanager';

/** Before the key of a pod: no name of a namespace has a space. */
const podPrefix = 'pod ';

export const disruptionController: Controller = {
  name: 'disruption-controller',
  alias: 'disruption',
  eventSource,
  start({ informer, enqueue, recordEvent }) {
    const copies: Copies = {
      budgets: informer(PodDisruptionBudgets),
      pods: informer(Pods),
      replicationControllers: informer(ReplicationControllers),
      replicaSets: informer(ReplicaSets),
      deployments: informer(Deployments),
      statefulSets: informer(StatefulSets),
      resources: new ResourcesByKind(),
    };
    const { budgets, pods } = copies;
    const enqueueNamespace = (namespace: string): void => {
      for (const budget of budgets.list(namespace)) enqueue(objectKey(budget));
    };
    budgets.onChange(({ object }) => enqueue(objectKey(object)));
    pods.onChange(({ type, object }) => {
      const { namespace, labels } = object.metadata;
      const matching = budgets.list(namespace).filter(({ spec }) => labelPredicate(spec.selector)(labels));
      for (const budget of matching) enqueue(objectKey(budget));
      if (matching.length > 1) recordEvent(eventSource, object, severalBudgets(object, matching));
      if (type !== 'deleted' && staleAtMs(object) !== undefined) enqueue(podPrefix + objectKey(object));
    });
    for (const controllers of [copies.deployments, copies.statefulSets, copies.replicationControllers]) {
      controllers.onChange(({ object }) => enqueueNamespace(object.metadata.namespace));
    }
    return (key, run) =>
      key.startsWith(podPrefix) ? takeBack(copies.pods, key.slice(podPrefix.length), run) : reconcile(copies, key, run);
  },
};

/** Which of them is named means nothing: evictions of such a pod are refused. */
function severalBudgets({ metadata }: Pod, [first]: readonly PodDisruptionBudget[]): EventNote {
  const pod = `${JSON.stringify(metadata.namespace)}/${JSON.stringify(metadata.name)}`;
  const chosen = JSON.stringify(first?.metadata.name);
  const message = `Pod ${pod} matches multiple PodDisruptionBudgets.  Chose ${chosen} arbitrarily.`;
  return { type: 'Warning', reason: 'MultiplePodDisruptionBudgets', message };
}

async function reconcile(copies: Copies, key: string, run: Run): Promise<WorkResult> {
  const { namespace, name } = splitKey(key);
  const budget = copies.budgets.get(namespace, name);
  if (budget === undefined) return;
  const matches = labelPredicate(budget.spec.selector);
  const pods = copies.pods.list(namespace).filter(({ metadata }) => matches(metadata.labels));
  if (pods.length === 0) run.note(budget, { type: 'Normal', reason: 'NoPods', message: 'No matching pods found' });
  const demand = await demandFor(budget, pods, copies, run);
  if (demand instanceof DemandError) return write(run, budget, failedBudgetStatus(budget, demand.message, run.nowMs));
  if (demand.unmanaged.length > 0) noteUnmanaged(run, budget);
  for (const pod of overduePods(budget, pods, run.nowMs)) {
    // Kubernetes too names the namespace where the budget's name should be.
    const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`;
    run.note(pod, { type: 'Warning', reason: 'NotDeleted', message });
  }
  const status = planBudgetStatus({ budget, pods, wanted: demand.wanted, nowMs: run.nowMs });
  await write(run, budget, status);
  const atMs = nextExpiryMs({ ...budget, status });
  return atMs === undefined ? undefined : { afterMs: Math.max(atMs - run.nowMs, 1000) };
}

/** A number of pods that must be there asks for no controllers. */
async function demandFor(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  copies: Copies,
  run: Run,
): Promise<Demand | DemandError> {
  const { maxUnavailable, minAvailable } = budget.spec;
  if (maxUnavailable === undefined && typeof minAvailable !== 'string') return { wanted: 0, unmanaged: [] };
  try {
    return await demandOf(pods, copies, { client: run.client, resources: copies.resources });
  } catch (error) {
    if (!(error instanceof DemandError)) throw error;
    copies.resources.forget();
    const message = `Failed to calculate the number of expected pods: ${error.message}`;
    run.note(budget, { type: 'Warning', reason: 'CalculateExpectedPodCountFailed', message });
    return error;
  }
}

async function write(run: Run, budget: PodDisruptionBudget, status: PodDisruptionBudget['status']): Promise<void> {
  if (!same(status, budget.status)) await run.client.updateStatus(PodDisruptionBudgets, { ...budget, status });
}

function noteUnmanaged(run: Run, budget: PodDisruptionBudget): void {
  const message = [
    `Pods selected by this PodDisruptionBudget (selector: ${goSelector(budget.spec.selector)}) were found to be unmanaged.`,
    'As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior.',
    'To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.',
  ].join(' ');
  run.note(budget, { type: 'Warning', reason: 'UnmanagedPods', message });
}

async function takeBack(pods: Informer<Pod>, key: string, run: Run): Promise<WorkResult> {
  const { namespace, name } = splitKey(key);
  const pod = pods.get(namespace, name);
  const atMs = pod === undefined ? undefined : staleAtMs(pod);
  if (pod === undefined || atMs === undefined) return;
  if (atMs > run.nowMs) return { afterMs: atMs - run.nowMs };
  await run.client.updateStatus(Pods, { ...pod, status: withoutDisruption(pod, run.nowMs) });
}
