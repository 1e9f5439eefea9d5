/** Keeps the Endpoints of one Service. */
import { isApiError } from '../../api/api-error.ts';
import type { Endpoints as EndpointsObject, Pod, Service } from '../../api/groups/core.v1.ts';
import { Endpoints, Pods, Services } from '../../api/resources.ts';
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
    const verb = 'create' in plan ? 'create' : 'update';
    const message = `Failed to ${verb} endpoint ${key}: ${error instanceof Error ? error.message : String(error)}`;
    const reason = `FailedTo${verb === 'create' ? 'Create' : 'Update'}Endpoint`;
    run.note(existing ?? service, { type: 'Warning', reason, message });
    throw error;
  }
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
