/** Keeps the endpoint slices of one Service. */
import { isApiError } from '../../api/api-error.ts';
import type { Node, Pod, Service } from '../../api/groups/core.v1.ts';
import type { EndpointSlice } from '../../api/groups/discovery.v1.ts';
import { EndpointSlices, Nodes, Pods, Services } from '../../api/resources.ts';
import { errorText } from '../../base/log.ts';
import { objectKey, splitKey, type Informer } from '../../client/informer.ts';
import { findCondition } from '../condition.ts';
import type { Controller, Run } from '../controller.ts';
import { isNamespaceTerminating } from '../pod-writes.ts';
import { same } from '../same.ts';
import { enqueueServicesOfPods, hasSelectedEndpoints } from '../service-pods.ts';
import { managedByLabel, serviceLabel } from '../slice-groups.ts';
import { writeSlices } from '../slice-writes.ts';
import { managedBy, planSlices } from './plan.ts';
import { wantsTopologyHints } from './topology-hints.ts';

const byService = 'service';
const zoneLabel = 'topology.kubernetes.io/zone';

interface Copies {
  readonly services: Informer<Service>;
  readonly pods: Informer<Pod>;
  readonly nodes: Informer<Node>;
  readonly slices: Informer<EndpointSlice>;
}

export const endpointSliceController: Controller = {
  name: 'endpointslice-controller',
  alias: 'endpointslice',
  eventSource: 'endpoint-slice-controller',
  start({ informer, enqueue }) {
    const copies: Copies = {
      services: informer(Services),
      pods: informer(Pods),
      nodes: informer(Nodes),
      slices: informer(EndpointSlices),
    };
    const { services, pods, nodes, slices } = copies;
    slices.addIndexes({ [byService]: (slice) => serviceKeys(slice) });
    services.onChange(({ object }) => enqueue(objectKey(object)));
    slices.onChange(({ object }) => serviceKeys(object).forEach((key) => enqueue(key)));
    enqueueServicesOfPods(services, pods, enqueue);
    nodes.onChange((change) => {
      const zone = change.object.metadata.labels?.[zoneLabel];
      const before = change.type === 'updated' ? change.previous.metadata.labels?.[zoneLabel] : undefined;
      const moved = zone !== before;
      const sized = change.type !== 'updated' || !same(capacity(change.object), capacity(change.previous));
      if (!moved && !sized) return;
      for (const service of services.list()) {
        if (moved || wantsTopologyHints(service)) enqueue(objectKey(service));
      }
    });
    return (key, run) => reconcile(copies, key, run);
  },
};

/** What of a node bears on how zones share the traffic. */
const capacity = ({ status }: Node) => [status.allocatable?.['cpu'], findCondition(status.conditions, 'Ready')?.status];

async function reconcile({ services, pods, nodes, slices }: Copies, key: string, run: Run): Promise<void> {
  const { namespace, name } = splitKey(key);
  const service = services.get(namespace, name);
  if (service === undefined || service.metadata.deletionTimestamp !== undefined) return;
  if (!hasSelectedEndpoints(service)) return;
  const plan = planSlices({
    service,
    pods: pods.list(namespace),
    slices: slices.byIndex(byService, key).filter(({ metadata }) => metadata.deletionTimestamp === undefined),
    nodeOf: (node) => nodes.get(undefined, node),
    nodes: () => nodes.list(),
  });
  for (const event of plan.events) run.note(service, event);
  try {
    await writeSlices(run.client, plan);
  } catch (error) {
    if (isNamespaceTerminating(error)) return;
    const message = `Error updating Endpoint Slices for Service ${key}: ${errorText(error)}`;
    if (!isApiError(error, 'Conflict')) {
      run.note(service, { type: 'Warning', reason: 'FailedToUpdateEndpointSlices', message });
    }
    throw error;
  }
}

/** The Service that a slice of this controller belongs to. */
function serviceKeys({ metadata }: EndpointSlice): readonly string[] {
  const service = metadata.labels?.[serviceLabel];
  const own = metadata.labels?.[managedByLabel] === managedBy;
  return service === undefined || !own ? [] : [`${metadata.namespace}/${service}`];
}
