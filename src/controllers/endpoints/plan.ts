/**
 * The Endpoints of a Service: the older form, for those who still read it. Addresses with the same ports share a subset; pods
 * that are not ready stand apart, pods being deleted only where the Service publishes what is not ready.
 */
import type { EndpointAddress, Endpoints, EndpointSubset, Pod, Service } from '../../api/groups/core.v1.ts';
import { isPodReady } from '../pod-state.ts';
import { same } from '../same.ts';
import {
  headlessLabel,
  hostnameIn,
  isHeadless,
  podReference,
  podsBehind,
  portsOf,
  type ResolvedPort,
} from '../service-pods.ts';

/** What one object may hold; the rest is in endpoint slices alone. */
const addressesMax = 1000;
const overCapacity = 'endpoints.kubernetes.io/over-capacity';
const managedByLabel = 'endpoints.kubernetes.io/managed-by';

export interface NewEndpoints extends Pick<Endpoints, 'subsets'> {
  readonly metadata: Pick<Endpoints['metadata'], 'name' | 'namespace' | 'labels' | 'annotations'>;
}

export type Plan = 'none' | { readonly create: NewEndpoints } | { readonly update: Endpoints };

export function planEndpoints(service: Service, pods: readonly Pod[], existing: Endpoints | undefined): Plan {
  const { name, namespace } = service.metadata;
  const all = planSubsets(service, podsBehind(service, pods));
  const truncated = all.reduce((total, subset) => total + sizeOf(subset), 0) > addressesMax;
  const subsets = truncated ? truncate(all) : all;
  const labels: Record<string, string> = { ...service.metadata.labels, [managedByLabel]: 'endpoint-controller' };
  if (isHeadless(service)) labels[headlessLabel] = '';
  else delete labels[headlessLabel];
  const { [overCapacity]: _, ...others } = existing?.metadata.annotations ?? {};
  const annotations = truncated ? { ...others, [overCapacity]: 'truncated' } : others;
  if (existing === undefined) return { create: { metadata: { name, namespace, labels, annotations }, subsets } };
  const next = { ...existing, metadata: { ...existing.metadata, labels, annotations }, subsets };
  return same(next, existing) && same(labels, existing.metadata.labels) ? 'none' : { update: next };
}

function planSubsets(service: Service, pods: readonly Pod[]): readonly EndpointSubset[] {
  const everything = service.spec.publishNotReadyAddresses === true;
  const listed = pods.filter(({ metadata }) => everything || metadata.deletionTimestamp === undefined);
  const sorted = listed.toSorted((a, b) => ((a.status.podIP ?? '') < (b.status.podIP ?? '') ? -1 : 1));
  const isReady = (pod: Pod) => everything || isPodReady(pod);
  return groupByPorts(service, sorted).map(({ ports, pods: members }) => ({
    addresses: members.filter(isReady).map((pod) => addressOf(service, pod)),
    notReadyAddresses: members.filter((pod) => !isReady(pod)).map((pod) => addressOf(service, pod)),
    ports: ports.map(({ name, ...port }) => (name === '' ? port : { name, ...port })),
  }));
}

interface PortGroup {
  readonly ports: readonly ResolvedPort[];
  readonly pods: readonly Pod[];
}

/** Ports that the same pods have go together. */
function groupByPorts(service: Service, pods: readonly Pod[]): readonly PortGroup[] {
  if ((service.spec.ports ?? []).length === 0)
    return isHeadless(service) && pods.length > 0 ? [{ ports: [], pods }] : [];
  const byPort = new Map<string, { readonly port: ResolvedPort; readonly pods: Pod[] }>();
  for (const pod of pods) {
    for (const port of portsOf(service, pod)) {
      const key = `${port.name}/${port.protocol}/${port.port}`;
      const group = byPort.get(key) ?? { port, pods: [] };
      byPort.set(key, group);
      group.pods.push(pod);
    }
  }
  const groups = Map.groupBy(byPort.values(), (one) => one.pods.map(({ metadata }) => metadata.uid).join());
  return [...groups.values()].map((members) => ({
    ports: members.map(({ port }) => port).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    pods: members[0]?.pods ?? [],
  }));
}

function addressOf(service: Service, pod: Pod): EndpointAddress {
  const hostname = hostnameIn(service, pod);
  return {
    ip: addressInFamily(service, pod),
    ...(hostname === undefined ? {} : { hostname }),
    nodeName: pod.spec.nodeName,
    targetRef: podReference(pod),
  };
}

/** The address in the Service's first family. */
function addressInFamily(service: Service, { status }: Pod): string {
  const v6 = service.spec.ipFamilies?.[0] === 'IPv6';
  const fitting = (status.podIPs ?? []).find(({ ip }) => ip.includes(':') === v6);
  return fitting?.ip ?? status.podIP ?? '';
}

const sizeOf = ({ addresses = [], notReadyAddresses = [] }: EndpointSubset): number =>
  addresses.length + notReadyAddresses.length;

/** Ready addresses first. */
function truncate(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  let left = addressesMax;
  const take = <T>(list: readonly T[]): readonly T[] => {
    const taken = list.slice(0, left);
    left -= taken.length;
    return taken;
  };
  const ready = subsets.map(({ addresses = [] }) => take(addresses));
  return subsets
    .map((subset, i) => ({
      ...subset,
      addresses: ready[i] ?? [],
      notReadyAddresses: take(subset.notReadyAddresses ?? []),
    }))
    .filter((subset) => sizeOf(subset) > 0);
}
