/** The stored Services and EndpointSlices by which extensions are found. */
import type { Service } from '../../api/groups/core.v1.ts';
import type { EndpointSlice } from '../../api/groups/discovery.v1.ts';
import { EndpointSlices, Services } from '../../api/resources.ts';
import type { Api } from '../api.ts';
import { scopeOf, storageKey } from '../registry/served.ts';
import type { ServiceAddress } from './extension.ts';
import { resolveBackend, type Backend } from './resolve.ts';

export interface StoredService {
  readonly service: Service | undefined;
  readonly slices: readonly EndpointSlice[];
}

export async function storedService(api: Api, { namespace, name }: ServiceAddress): Promise<StoredService> {
  const services = api.resources.of(Services);
  const endpointSlices = api.resources.of(EndpointSlices);
  await Promise.all([services.cache.ready(), endpointSlices.cache.ready()]);
  const service = services.cache.get(storageKey(services, namespace, name))?.object as Service | undefined;
  const slices = endpointSlices.cache
    .list(scopeOf(endpointSlices, namespace))
    .map(({ object }) => object as unknown as EndpointSlice)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
  return { service, slices };
}

/** One of the addresses at which the service can be reached now. @throws Error in Kubernetes' words */
export async function findBackend(api: Api, address: ServiceAddress): Promise<Backend> {
  const { service, slices } = await storedService(api, address);
  return resolveBackend(address, service, slices, (count) => Math.floor(api.random.next() * count));
}
