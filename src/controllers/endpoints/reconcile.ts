/** Keeps the Endpoints of one Service. */
import { isApiError } from '../../api/api-error.ts';
import type { Endpoints as EndpointsObject, Pod, Service } from '../../api/groups/core.v1.ts';
import { Endpoints, Pods, Services } from '../../api/resources.ts';
import type { KubeObject } from '../../api/kind.ts';
import { errorText } from '../../base/log.ts';
import { objectKey, splitKey, type Informer } from '../../client/informer.ts';
import type { Controller, Run } from '../controller.ts';
import { isNamespaceTerminating } from '../pod-writes.ts';
import { enqueueServicesOfPods, hasSelectedEndpoints } from '../service-pods.ts';
import { planEndpoints } from './plan.ts';

interface Copies {
  readonly services: Informer<Service>;
  readonly pods: Informer<Pod>;
  readonly endpoints: Informer<EndpointsObject>;
}

export const endpointsController: Controller = {
  name: 'endpoints-controller',
  alias: 'endpoint',
  eventSource: 'endpoint-controller',
  start({ informer, enqueue }) {
    const copies: Copies = { services: informer(Services), pods: informer(Pods), endpoints: informer(Endpoints) };
    copies.services.onChange(({ object }) => enqueue(objectKey(object)));
    copies.endpoints.onChange(({ object }) => enqueue(objectKey(object)));
    enqueueServicesOfPods(copies.services, copies.pods, enqueue);
    return (key, run) => reconcile(copies, key, run);
  },
};

async function reconcile({ services, pods, endpoints }: Copies, key: string, run: Run): Promise<void> {
  const { namespace, name } = splitKey(key);
  const service = services.get(namespace, name);
  const existing = endpoints.get(namespace, name);
  if (service === undefined) return removeLeftover(existing, run);
  if (!hasSelectedEndpoints(service)) return;
  const plan = planEndpoints(service, pods.list(namespace), existing);
  if (plan === 'none') return;
  try {
    if ('create' in plan) await run.client.create(Endpoints, plan.create);
    else await run.client.update(Endpoints, plan.update);
  } catch (error) {
    if (isNamespaceTerminating(error) || isApiError(error, 'AlreadyExists')) return;
    run.note(existing ?? endpointsOf(service), { type: 'Warning', ...failure('create' in plan, key, error) });
    throw error;
  }
}

function failure(isNew: boolean, key: string, error: unknown): { readonly reason: string; readonly message: string } {
  const why = errorText(error);
  return isNew
    ? { reason: 'FailedToCreateEndpoint', message: `Failed to create endpoint for service ${key}: ${why}` }
    : { reason: 'FailedToUpdateEndpoint', message: `Failed to update endpoint ${key}: ${why}` };
}

/** What could not be made is what the event is about. */
function endpointsOf({ metadata: { name, namespace } }: Service): KubeObject {
  return { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace } } as KubeObject;
}

/** Endpoints that this controller made go with their Service; those that users made, or that elect leaders, stay. */
async function removeLeftover(existing: EndpointsObject | undefined, { client }: Run): Promise<void> {
  const managed = existing?.metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller';
  if (existing === undefined || !managed) return;
  try {
    await client.delete(Endpoints, existing.metadata, { uid: existing.metadata.uid });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}
