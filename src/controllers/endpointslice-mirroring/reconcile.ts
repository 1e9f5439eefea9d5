/** Keeps the slices of Endpoints that users wrote. Its key is the name of both the Endpoints and the Service. */
import { isApiError } from '../../api/api-error.ts';
import type { EndpointSlice } from '../../api/groups/discovery.v1.ts';
import { Endpoints, EndpointSlices, Services } from '../../api/resources.ts';
import { errorText } from '../../base/log.ts';
import { objectKey, splitKey } from '../../client/informer.ts';
import type { Controller } from '../controller.ts';
import { isNamespaceTerminating } from '../pod-writes.ts';
import { managedByLabel, serviceLabel } from '../slice-groups.ts';
import { writeSlices } from '../slice-writes.ts';
import { managedBy, planMirror } from './plan.ts';

const byMirrored = 'mirrored endpoints';

export const endpointSliceMirroringController: Controller = {
  name: 'endpointslice-mirroring-controller',
  alias: 'endpointslicemirroring',
  eventSource: 'endpoint-slice-mirroring-controller',
  start({ informer, enqueue }) {
    const endpoints = informer(Endpoints);
    const services = informer(Services);
    const slices = informer(EndpointSlices);
    slices.addIndexes({ [byMirrored]: mirroredKeys });
    endpoints.onChange(({ object }) => enqueue(objectKey(object)));
    services.onChange(({ object }) => enqueue(objectKey(object)));
    slices.onChange(({ object }) => mirroredKeys(object).forEach((key) => enqueue(key)));
    return async (key, run) => {
      const { namespace, name } = splitKey(key);
      const mirrored = endpoints.get(namespace, name);
      const { events, ...plan } = planMirror({
        endpoints: mirrored,
        service: services.get(namespace, name),
        slices: slices.byIndex(byMirrored, key).filter(({ metadata }) => metadata.deletionTimestamp === undefined),
      });
      if (mirrored !== undefined) for (const event of events) run.note(mirrored, event);
      try {
        await writeSlices(run.client, plan);
      } catch (error) {
        if (isNamespaceTerminating(error)) return;
        if (mirrored !== undefined && !isApiError(error, 'Conflict')) {
          const message = `Error updating EndpointSlices for Endpoints ${key}: ${errorText(error)}`;
          run.note(mirrored, { type: 'Warning', reason: 'FailedToUpdateEndpointSlices', message });
        }
        throw error;
      }
    };
  },
};

function mirroredKeys({ metadata }: EndpointSlice): readonly string[] {
  const name = metadata.labels?.[serviceLabel];
  const own = metadata.labels?.[managedByLabel] === managedBy;
  return name === undefined || !own ? [] : [`${metadata.namespace}/${name}`];
}
