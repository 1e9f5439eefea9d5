/** pods/eviction: a deletion that asks the pod's disruption budgets first. */
import { ApiError } from '../../api/api-error.ts';
import type { Draft } from '../../api/descriptor.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { Eviction, type PodDisruptionBudget } from '../../api/groups/policy.v1.ts';
import type { DeleteOptions } from '../../api/groups/meta.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { withCondition } from '../../api/kinds/conditions.ts';
import { labelSelectorRequirements, matchesLabels } from '../../api/label-selector.ts';
import { PodDisruptionBudgets } from '../../api/resources.ts';
import type { JsonObject } from '../../api/schema.ts';
import { formatTime } from '../../api/time.ts';
import { admitSubresource } from '../admission/admit-subresource.ts';
import type { Api } from '../api.ts';
import { storedBytes, type Entry } from '../registry/entry.ts';
import { scopeOf, type Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { checkKind, isObject } from '../verbs/body-kind.ts';
import { decodeObject, parseBody } from '../verbs/body.ts';
import { checkPreconditions, deleteAdmitted } from '../verbs/delete.ts';
import { checkSaidNamespace, currentEntry, nameOf } from '../verbs/target.ts';
import { changeObject } from '../verbs/update.ts';
import { readWriteOptions, type WriteOptions } from '../verbs/write-options.ts';

export async function evict(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  const query = readWriteOptions(request, 'CreateOptions');
  const eviction = await readEviction(request, query);
  checkSaidNamespace(request, eviction);
  const name = nameOf(request);
  if ((eviction.metadata as { name?: string }).name !== name) {
    throw new ApiError('BadRequest', 'name in URL does not match name in Eviction object');
  }
  const asked = eviction.deleteOptions ?? {};
  const dryRun = query.dryRun || (asked.dryRun ?? []).length > 0;
  const options = { ...asked, ...(dryRun ? { dryRun: ['All'] } : {}) };
  const pod = currentEntry(served, request).object as unknown as Pod;
  await admitSubresource(api, served, request, eviction, dryRun);
  if (!isDisrupted(pod)) await askBudget(api, pod, dryRun);
  const { preconditions } = options;
  if (!dryRun) await markDisrupted(api, served, request, query, options);
  // The mark itself has changed the version.
  const version = dryRun
    ? preconditions?.resourceVersion
    : currentEntry(served, request).object.metadata.resourceVersion;
  const conditions = preconditions?.resourceVersion ? { ...preconditions, resourceVersion: version } : preconditions;
  const value = JSON.parse(JSON.stringify({ ...options, preconditions: conditions })) as JsonObject;
  await deleteAdmitted(api, served, { ...request, body: { type: 'value', value } });
  return {
    type: 'object',
    status: 201,
    object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
  };
}

/** The older version of the kind is taken too: both say the same. */
async function readEviction(request: ApiRequest, options: WriteOptions): Promise<Eviction> {
  const parsed = await parseBody(request, Eviction);
  const { value } = parsed;
  const current = isObject(value) && value['apiVersion'] === 'policy/v1beta1';
  const known = current ? { ...value, apiVersion: Eviction.apiVersion } : value;
  checkKind(known, Eviction, undefined);
  return decodeObject(request, Eviction, { ...parsed, value: known }, options) as Eviction;
}

/** It does no work any more, or none yet: nobody notices when it goes. */
function isDisrupted({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined || ['Succeeded', 'Failed', 'Pending'].includes(status.phase ?? '');
}

async function askBudget(api: Api, pod: Pod, dryRun: boolean): Promise<void> {
  const budgets = api.resources.of(PodDisruptionBudgets);
  await budgets.cache.ready();
  const covering = budgets.cache.list(scopeOf(budgets, pod.metadata.namespace)).filter((entry) => covers(entry, pod));
  if (covering.length > 1) {
    const text = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    throw new ApiError('', text);
  }
  const entry = covering[0];
  if (entry !== undefined && !mayGoUnhealthy(entry, pod)) await takeFromBudget(api, entry, pod, dryRun);
}

function covers(entry: Entry, pod: Pod): boolean {
  const budget = entry.object as unknown as PodDisruptionBudget;
  const requirements = labelSelectorRequirements(budget.spec.selector);
  return requirements !== undefined && matchesLabels(requirements, pod.metadata.labels);
}

/** A pod that is not ready is no loss while enough others are, or when the budget says so. */
function mayGoUnhealthy(entry: Entry, pod: Pod): boolean {
  const ready = pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
  if (ready) return false;
  const { spec, status } = entry.object as unknown as PodDisruptionBudget;
  const { currentHealthy = 0, desiredHealthy = 0 } = status;
  return spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' || (desiredHealthy > 0 && currentHealthy >= desiredHealthy);
}

async function takeFromBudget(api: Api, entry: Entry, pod: Pod, dryRun: boolean): Promise<void> {
  const budget = entry.object as unknown as PodDisruptionBudget;
  const { metadata, status } = budget;
  const generation = metadata.generation ?? 0;
  if ((status.observedGeneration ?? 0) < generation) throw stillProcessed(metadata.name);
  const allowed = status.disruptionsAllowed ?? 0;
  if (allowed < 0) throw forbiddenBy(budget, 'pdb disruptions allowed is negative');
  if (Object.keys(status.disruptedPods ?? {}).length > maxDisruptedPods) {
    throw forbiddenBy(budget, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  }
  if (allowed === 0) throw insufficient(budget);
  const left = allowed - 1;
  if (dryRun) return;
  const now = formatTime(api.clock.now());
  const exhausted = {
    type: 'DisruptionAllowed',
    status: 'False',
    observedGeneration: status.observedGeneration ?? 0,
    lastTransitionTime: now,
    reason: 'InsufficientPods',
    message: '',
  };
  const charged = {
    ...status,
    disruptionsAllowed: left,
    disruptedPods: { ...status.disruptedPods, [pod.metadata.name]: now },
    ...(left === 0 ? { conditions: withCondition(status.conditions ?? [], exhausted) } : {}),
  };
  const value = storedBytes({ ...budget, status: charged } as unknown as KubeObject);
  const { key, revision } = entry;
  const result = await api.store.transact([{ key, modRevision: revision }], [{ type: 'put', key, value }]);
  if (!result.ok) throw stillProcessed(metadata.name);
}

/** Says in the pod's conditions why it ends. */
async function markDisrupted(
  api: Api,
  served: Served,
  request: ApiRequest,
  options: WriteOptions,
  asked: Pick<DeleteOptions, 'preconditions'>,
): Promise<void> {
  const target = request.info.resource;
  if (target === undefined) return;
  const asStatus = { ...request, info: { ...request.info, resource: { ...target, subresource: 'status' } } };
  await changeObject(api, served, asStatus, options, {
    retry: true,
    tracked: true,
    optionsKind: 'UpdateOptions',
    admitted: true,
    make: (current) => {
      checkPreconditions(served, current, asked);
      const draft = structuredClone(current) as Draft<KubeObject>;
      const pod = draft as unknown as Draft<Pod>;
      const condition = {
        type: 'DisruptionTarget',
        status: 'True',
        lastProbeTime: null as unknown as string,
        lastTransitionTime: formatTime(api.clock.now()),
        reason: 'EvictionByEvictionAPI',
        message: 'Eviction API: evicting',
      };
      pod.status.conditions = withCondition(pod.status.conditions ?? [], condition);
      return draft;
    },
  });
}

/** Numbers of a budget whose controller failed are not to be trusted, and those of one with enough pods explain nothing. */
function whyInsufficient({ status }: PodDisruptionBudget): string {
  const { desiredHealthy = 0, currentHealthy = 0, conditions = [] } = status;
  const said = conditions?.find(({ type }) => type === 'DisruptionAllowed');
  const { reason = '', message = '' } = said?.status === 'False' ? said : {};
  if (message !== '' && reason === 'SyncFailed') {
    return `does not allow evicting pods currently because it failed sync: ${message}`;
  }
  if (currentHealthy <= desiredHealthy)
    return `needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  return `does not allow evicting pods currently${message === '' ? '' : ` (${reason}): ${message}`}`;
}

const maxDisruptedPods = 2000;
const refusal = "Cannot evict pod as it would violate the pod's disruption budget.";

function stillProcessed(name: string): ApiError {
  const message = `The disruption budget ${name} is still being processed by the server.`;
  return new ApiError('TooManyRequests', refusal, {
    causes: [{ reason: 'DisruptionBudget', message }],
    retryAfterSeconds: 10,
  });
}

function forbiddenBy({ metadata: { name } }: PodDisruptionBudget, why: string): ApiError {
  const kind = 'poddisruptionbudget';
  return new ApiError('Forbidden', `${kind}.policy ${JSON.stringify(name)} is forbidden: ${why}`, {
    name,
    group: 'policy',
    kind,
  });
}

function insufficient(budget: PodDisruptionBudget): ApiError {
  const message = `The disruption budget ${budget.metadata.name} ${whyInsufficient(budget)}`;
  return new ApiError('TooManyRequests', refusal, { causes: [{ reason: 'DisruptionBudget', message }] });
}
