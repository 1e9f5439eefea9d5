/** What cluster DNS knows of the cluster: services and their endpoints, found by name and by address. */
import type { Service } from '../api/groups/core.v1.ts';
import type { EndpointSlice } from '../api/groups/discovery.v1.ts';
import { EndpointSlices, Services } from '../api/resources.ts';
import type { Informers } from '../client/informer.ts';

export interface ClusterView {
  service(namespace: string, name: string): Service | undefined;
  slices(namespace: string, service: string): readonly EndpointSlice[];
  /** Some service lives there. */
  hasNamespace(namespace: string): boolean;
  servicesAt(ip: string): readonly Service[];
  slicesWith(ip: string): readonly EndpointSlice[];
}

const serviceNameLabel = 'kubernetes.io/service-name';

export function clusterView(informers: Informers): ClusterView {
  const services = informers.of(Services);
  const slices = informers.of(EndpointSlices);
  services.addIndexes({ dnsAddress: ({ spec }) => clusterIps(spec), dnsNamespace: (s) => [s.metadata.namespace] });
  slices.addIndexes({
    dnsService: ({ metadata }) => [`${metadata.namespace}/${metadata.labels?.[serviceNameLabel] ?? ''}`],
    dnsAddress: ({ endpoints }) => (endpoints ?? []).flatMap(({ addresses }) => addresses),
  });
  return {
    service: (namespace, name) => services.get(namespace, name),
    slices: (namespace, service) => slices.byIndex('dnsService', `${namespace}/${service}`),
    hasNamespace: (namespace) => services.byIndex('dnsNamespace', namespace).length > 0,
    servicesAt: (ip) => services.byIndex('dnsAddress', ip),
    slicesWith: (ip) => slices.byIndex('dnsAddress', ip),
  };
}

/** Addresses of a service that has its own: none of a headless one. */
export function clusterIps({ clusterIP = '', clusterIPs = [] }: Service['spec']): readonly string[] {
  return (clusterIPs.length > 0 ? clusterIPs : [clusterIP]).filter((ip) => ip !== '' && ip !== 'None');
}
