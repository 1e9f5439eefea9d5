/**
 * Where the service of an extension listens: a ready endpoint of it, so that neither rules for cluster addresses nor the
 * cluster's DNS are needed on the API server's machine; a name outside the cluster for services of type ExternalName.
 */
import type { Service, ServicePort } from '../../api/groups/core.v1.ts';
import type { EndpointSlice } from '../../api/groups/discovery.v1.ts';
import type { ServiceAddress } from './extension.ts';

export interface Backend {
  readonly host: string;
  readonly port: number;
}

/** @throws Error in Kubernetes' words when there is none. */
export function resolveBackend(
  address: ServiceAddress,
  service: Service | undefined,
  slices: readonly EndpointSlice[],
  choose: (count: number) => number,
): Backend {
  if (service === undefined) throw new Error(`service ${JSON.stringify(address.name)} not found`);
  const { type = 'ClusterIP', externalName } = service.spec;
  if (type === 'ExternalName') return { host: externalName ?? '', port: address.port };
  const servicePort = portOf(service, address.port);
  if (servicePort === undefined) {
    throw new Error(`no service port ${address.port} found for service ${JSON.stringify(address.name)}`);
  }
  const backends = slices.flatMap((slice) => backendsOf(slice, servicePort.name ?? ''));
  const backend = backends[choose(backends.length)];
  if (backend === undefined) throw new Error(`no endpoints available for service ${JSON.stringify(address.name)}`);
  return backend;
}

export function portOf({ spec }: Service, port: number): ServicePort | undefined {
  return (spec.ports ?? []).find((each) => each.port === port);
}

/** The addresses in a slice that take requests for the port of this name. */
export function backendsOf({ endpoints, ports }: EndpointSlice, portName: string): readonly Backend[] {
  const port = (ports ?? []).find(({ name }) => (name ?? '') === portName)?.port;
  if (port === undefined || port === null) return [];
  return (endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses }) => addresses.map((host) => ({ host, port })));
}
