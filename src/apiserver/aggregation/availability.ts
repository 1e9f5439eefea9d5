/**
 * Whether an extension can be used, from what is stored of its service: pure, the first of what kube-aggregator's
 * availability controller looks at. What is stored may look well; then the server itself is asked (upkeep.ts).
 */
import type { Service } from '../../api/groups/core.v1.ts';
import type { EndpointSlice } from '../../api/groups/discovery.v1.ts';
import type { ServiceAddress } from './extension.ts';
import { backendsOf, portOf } from './resolve.ts';

export interface Availability {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

export const local: Availability = {
  status: 'True',
  reason: 'Local',
  message: 'Local APIServices are always available',
};

export const passed: Availability = { status: 'True', reason: 'Passed', message: 'all checks passed' };

/** Undefined: nothing speaks against it, so the server is worth asking. */
export function findObstacle(
  { namespace, name, port }: ServiceAddress,
  service: Service | undefined,
  slices: readonly EndpointSlice[],
): Availability | undefined {
  const which = `service/${name} in ${JSON.stringify(namespace)}`;
  const unavailable = (reason: string, message: string): Availability => ({ status: 'False', reason, message });
  if (service === undefined) return unavailable('ServiceNotFound', `${which} is not present`);
  if ((service.spec.type ?? 'ClusterIP') !== 'ClusterIP') return undefined;
  const servicePort = portOf(service, port);
  if (servicePort === undefined) {
    return unavailable('ServicePortError', `${which} is not listening on port ${port}`);
  }
  if (slices.length === 0) return unavailable('EndpointsNotFound', `cannot find endpointslices for ${which}`);
  const portName = servicePort.name ?? '';
  if (slices.some((slice) => backendsOf(slice, portName).length > 0)) return undefined;
  const message = `endpointslices for ${which} have no addresses with port name ${JSON.stringify(portName)}`;
  return unavailable('MissingEndpoints', message);
}
