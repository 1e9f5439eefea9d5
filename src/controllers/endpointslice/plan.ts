/**
 * The endpoint slices of a Service: its pods' addresses in portions of at most a hundred, one list for each address family and
 * set of ports. Few slices change at a time, because every proxy of the cluster reads each change: endpoints stay in the
 * slice they are in, new ones fill the room that there is.
 */
import type { Node, Pod, Service } from '../../api/groups/core.v1.ts';
import type { Endpoint, EndpointSlice } from '../../api/groups/discovery.v1.ts';
import { Services } from '../../api/resources.ts';
import { controllerReference } from '../owner.ts';
import { isPodReady } from '../pod-state.ts';
import { headlessLabel, hostnameIn, isHeadless, podReference, podsBehind, portsOf } from '../service-pods.ts';
import { managedByLabel, planSliceGroups, serviceLabel, type SliceGroup, type SlicePlan } from '../slice-groups.ts';
import { canonical } from '../template-hash.ts';

export const managedBy = 'endpointslice-controller.k8s.io';
const endpointsMax = 100;

export interface Observed {
  readonly service: Service;
  /** Of the Service's namespace. */
  readonly pods: readonly Pod[];
  /** The slices of the Service that this controller made. */
  readonly slices: readonly EndpointSlice[];
  readonly nodeOf: (name: string) => Node | undefined;
}

export function planSlices(observed: Observed): SlicePlan {
  const { service } = observed;
  const { name, namespace } = service.metadata;
  const groups = familiesOf(service).flatMap((family) => groupsOf(observed, family));
  const ownerReferences = [controllerReference(Services, service)];
  return planSliceGroups(groups, observed.slices, {
    endpointsMax,
    fresh: { generateName: `${name}-`, namespace, labels: labelsFor(service, {}), ownerReferences },
    renewed: (metadata) => ({ ...metadata, labels: labelsFor(service, metadata.labels ?? {}) }),
  });
}

function familiesOf({ spec }: Service): readonly string[] {
  const families = spec.ipFamilies ?? [];
  if (families.length > 0) return families;
  return [(spec.clusterIP ?? '').includes(':') ? 'IPv6' : 'IPv4'];
}

/** At least one group, so that a Service without pods has an empty slice. */
function groupsOf({ service, pods, nodeOf }: Observed, family: string): readonly SliceGroup[] {
  const groups = new Map<string, SliceGroup & { readonly endpoints: Endpoint[] }>();
  for (const pod of podsBehind(service, pods)) {
    const addresses = addressesIn(pod, family);
    const ports = portsOf(service, pod);
    const unreachable = ports.length === 0 && !isHeadless(service);
    if (addresses.length === 0 || unreachable) continue;
    const key = canonical(ports);
    const group = groups.get(key) ?? { addressType: family, ports, endpoints: [] };
    groups.set(key, group);
    group.endpoints.push(endpointOf(service, pod, addresses, nodeOf));
  }
  return groups.size > 0 ? [...groups.values()] : [{ addressType: family, ports: [], endpoints: [] }];
}

function addressesIn({ status }: Pod, family: string): readonly string[] {
  const all = (status.podIPs ?? []).map(({ ip }) => ip);
  const known = all.length > 0 ? all : [status.podIP ?? ''];
  return known.filter((ip) => ip !== '' && ip.includes(':') === (family === 'IPv6'));
}

function endpointOf(service: Service, pod: Pod, addresses: readonly string[], nodeOf: Observed['nodeOf']): Endpoint {
  const { nodeName } = pod.spec;
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const node = nodeName === undefined ? undefined : nodeOf(nodeName);
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'];
  const hostname = hostnameIn(service, pod);
  const hints = ready ? hintsFor(service.spec.trafficDistribution, nodeName, zone) : undefined;
  return {
    addresses,
    conditions: { ready, serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    targetRef: podReference(pod),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(zone === undefined ? {} : { zone }),
    ...(hints === undefined ? {} : { hints }),
  };
}

/** Traffic stays in the zone, or on the node, that it comes from. */
function hintsFor(distribution: string | undefined, node: string | undefined, zone: string | undefined) {
  const forZones = zone === undefined ? [] : [{ name: zone }];
  if (distribution === 'PreferClose' || distribution === 'PreferSameZone') {
    return zone === undefined ? undefined : { forZones };
  }
  if (distribution !== 'PreferSameNode' || node === undefined) return undefined;
  return { forZones, forNodes: [{ name: node }] };
}

/** The Service's labels, and those by which its slices are found. */
function labelsFor(service: Service, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { [headlessLabel]: _, ...others } = { ...before, ...service.metadata.labels };
  return {
    ...others,
    ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
    [serviceLabel]: service.metadata.name,
    [managedByLabel]: managedBy,
  };
}
