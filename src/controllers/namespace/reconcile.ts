/**
 * Empties a namespace that is being deleted, first of its pods (KEP-5080), then takes its finalizer off. It is found empty by
 * discovery, so custom resources go too. Its key is the namespace's name.
 */
import { ApiError, isApiError } from '../../api/api-error.ts';
import type { Namespace } from '../../api/groups/core.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { resourcePath, type AnyResource, type Resource } from '../../api/resource.ts';
import { Namespaces, Pods } from '../../api/resources.ts';
import type { Json } from '../../api/schema.ts';
import { errorText } from '../../base/log.ts';
import type { Client } from '../../client/client.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import type { Controller, Run } from '../controller.ts';
import { discoverResources } from '../discovery.ts';
import { same } from '../same.ts';
import { nothingRemains, lookAgainAfterMs, planNamespaceConditions, type Observed, type Remainder } from './plan.ts';

const finalizer = 'kubernetes';
/** Pods go in bursts. */
const gatherMs = 200;

export const namespaceController: Controller = {
  name: 'namespace-controller',
  alias: 'namespace',
  workers: 10,
  start({ informer, enqueue }) {
    const namespaces = informer(Namespaces);
    namespaces.onChange(({ object }) => enqueue(object.metadata.name));
    // Pods are what a namespace mostly waits for: when one has gone, it may have been the last.
    informer(Pods).onChange(({ type, object }) => {
      const { namespace } = object.metadata;
      const waits = namespaces.get(undefined, namespace)?.metadata.deletionTimestamp !== undefined;
      if (type === 'deleted' && waits) enqueue(namespace, gatherMs);
    });
    return async (name, run) => {
      const namespace = namespaces.get(undefined, name);
      if (namespace?.metadata.deletionTimestamp === undefined) return;
      if (!(namespace.spec.finalizers ?? []).includes(finalizer)) return;
      return empty(namespace, run);
    };
  },
};

async function empty(namespace: Namespace, run: Run): Promise<WorkResult> {
  const { name } = namespace.metadata;
  const { resources, unavailable } = await discoverResources(run.client);
  const held = resources
    .filter(({ namespaced, verbs }) => namespaced && verbs.includes('delete'))
    .toSorted((a, b) => Number(isPods(b)) - Number(isPods(a)));
  const failures: string[] = [];
  const remaining: Remainder[] = [];
  for (const resource of held) {
    try {
      const objects = await deleteAll(run.client, resource, name);
      remaining.push({ resource, objects });
      // What pods work with or are held by (network policies, secrets) stays until the last of them is gone.
      if (isPods(resource) && objects.length > 0) break;
    } catch (error) {
      // A resource that is not served any more holds nothing.
      if (isApiError(error, 'NotFound', 'MethodNotAllowed')) continue;
      failures.push(errorText(error));
      if (isPods(resource)) break;
    }
  }
  const observed: Observed = { namespace, remaining, unavailable, failures, nowMs: run.nowMs };
  const conditions = planNamespaceConditions(observed);
  const status = { ...namespace.status, phase: 'Terminating', conditions };
  const told = same(status, namespace.status)
    ? namespace
    : await run.client.updateStatus(Namespaces, { ...namespace, status });
  if (failures.length > 0) throw new ApiError('InternalError', failures.join('; '));
  if (!nothingRemains(observed)) return { afterMs: lookAgainAfterMs(observed) };
  await finalize(run.client, told);
}

const isPods = ({ group, plural }: AnyResource): boolean => group === '' && plural === 'pods';

/** What is left after the deletion. */
async function deleteAll(client: Client, resource: AnyResource, namespace: string): Promise<readonly KubeObject[]> {
  const of = resource as Resource<KubeObject>;
  const before = await client.list(of, { namespace });
  if (before.items.length === 0) return [];
  if (resource.verbs.includes('deletecollection')) {
    await client.deleteCollection(of, { namespace }, { propagationPolicy: 'Background' });
  } else {
    for (const { metadata } of before.items) await deleteOne(client, of, namespace, metadata.name);
  }
  return (await client.list(of, { namespace })).items;
}

async function deleteOne(client: Client, of: Resource<KubeObject>, namespace: string, name: string): Promise<void> {
  try {
    await client.delete(of, { namespace, name }, { propagationPolicy: 'Background' });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}

async function finalize(client: Client, namespace: Namespace): Promise<void> {
  const finalizers = (namespace.spec.finalizers ?? []).filter((one) => one !== finalizer);
  const body = { ...namespace, apiVersion: 'v1', kind: 'Namespace', spec: { ...namespace.spec, finalizers } };
  const { status } = await client.request({
    method: 'PUT',
    path: `${resourcePath(Namespaces)}/${namespace.metadata.name}/finalize`,
    body: body as unknown as Json,
    contentType: 'application/json',
  });
  if (status === 404) return;
  if (status === 409) throw new ApiError('Conflict', `Cannot finalize namespace "${namespace.metadata.name}"`);
  if (status >= 300) throw new ApiError('InternalError', `Cannot finalize the namespace: the server answers ${status}`);
}
