/** pods/eviction: a deletion that asks the pod's disruption budgets first. */
import { ApiError } from '../../api/api-error.ts';
import { Eviction, type PodDisruptionBudget } from '../../api/groups/policy.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { labelSelectorRequirements, matchesLabels } from '../../api/label-selector.ts';
import { PodDisruptionBudgets } from '../../api/resources.ts';
import { formatTime } from '../../api/time.ts';
import type { Api } from '../api.ts';
import { storedBytes, type Entry } from '../registry/entry.ts';
import { scopeOf, type Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { readObject } from '../verbs/body.ts';
import { deleteOne } from '../verbs/delete.ts';
import { currentEntry } from '../verbs/target.ts';
import type { KubeObject } from '../../api/kind.ts';

export async function evict(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  const eviction = (await readObject(request, Eviction, { fieldValidation: 'Warn' })) as Eviction;
  const pod = currentEntry(served, request).object as unknown as Pod;
  if (!isFinished(pod) && pod.metadata.deletionTimestamp === undefined) await takeFromBudget(api, pod);
  const options = eviction.deleteOptions ?? {};
  await deleteOne(api, served, { ...request, body: { type: 'value', value: JSON.parse(JSON.stringify(options)) } });
  return {
    type: 'object',
    status: 201,
    object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
  };
}

const isFinished = ({ status }: Pod): boolean =>
  status.phase === 'Succeeded' || status.phase === 'Failed' || status.phase === 'Pending';

async function takeFromBudget(api: Api, pod: Pod): Promise<void> {
  const budgets = api.resources.of(PodDisruptionBudgets);
  await budgets.cache.ready();
  const covering = budgets.cache.list(scopeOf(budgets, pod.metadata.namespace)).filter((entry) => covers(entry, pod));
  if (covering.length > 1) {
    throw new ApiError(
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  }
  const entry = covering[0];
  if (entry === undefined) return;
  const budget = entry.object as unknown as PodDisruptionBudget;
  if (!((budget.status.disruptionsAllowed ?? 0) > 0)) throw refused(budget);
  const status = {
    ...budget.status,
    disruptionsAllowed: (budget.status.disruptionsAllowed ?? 0) - 1,
    disruptedPods: { ...budget.status.disruptedPods, [pod.metadata.name]: formatTime(api.clock.now()) },
  };
  const value = storedBytes({ ...budget, status } as unknown as KubeObject);
  const { key, revision } = entry;
  const result = await api.store.transact([{ key, modRevision: revision }], [{ type: 'put', key, value }]);
  if (!result.ok) throw refused(budget);
}

function covers(entry: Entry, pod: Pod): boolean {
  const budget = entry.object as unknown as PodDisruptionBudget;
  const requirements = labelSelectorRequirements(budget.spec.selector);
  return requirements !== undefined && matchesLabels(requirements, pod.metadata.labels);
}

function refused({ metadata, status }: PodDisruptionBudget): ApiError {
  const needed = `The disruption budget ${metadata.name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`;
  return new ApiError('TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: 'DisruptionBudget', message: needed }],
    retryAfterSeconds: 10,
  });
}
