/**
 * The endpoint slices of a Service: its pods' addresses in portions of at most a hundred, one list for each address family and
 * set of ports. Few slices change at a time, because every proxy of the cluster reads each change: endpoints stay in the
 * slice they are in, new ones fill the room that there is.
 */
import type { Node, Pod, Service } from '../../api/groups/core.v1.ts';
import type { Endpoint, EndpointSlice } from '../../api/groups/discovery.v1.ts';
import { Services } from '../../api/resources.ts';
import type { EventNote } from '../controller.ts';
import { controllerReference } from '../owner.ts';
import { isPodReady } from '../pod-state.ts';
import { headlessLabel, hostnameIn, isHeadless, podReference, podsBehind, portsOf } from '../service-pods.ts';
import { managedByLabel, planSliceGroups, serviceLabel, type SliceGroup, type SlicePlan } from '../slice-groups.ts';
import { canonical } from '../template-hash.ts';
import { wantsTopologyHints, withTopologyHints, zoneShares } from './topology-hints.ts';

export const managedBy = 'endpointslice-controller.k8s.io';
const endpointsMax = 100;

export interface Observed {
  readonly service: Service;
  /** Of the Service's namespace. */
  readonly pods: readonly Pod[];
  /** The slices of the Service that this controller made. */
  readonly slices: readonly EndpointSlice[];
  readonly nodeOf: (name: string) => Node | undefined;
  /** Asked only for Services that want their traffic divided by zones. */
  readonly nodes: () => readonly Node[];
}

export interface Plan extends SlicePlan {
  readonly events: readonly EventNote[];
}

export function planSlices(observed: Observed): Plan {
  const { service } = observed;
  const { name, namespace } = service.metadata;
  const { groups, events } = hintedGroups(observed);
  const ownerReferences = [controllerReference(Services, service)];
  const plan = planSliceGroups(groups, observed.slices, {
    endpointsMax,
    fresh: { generateName: `${name}-`, namespace, labels: labelsFor(service, {}), ownerReferences },
    renewed: (metadata) => ({ ...metadata, labels: labelsFor(service, metadata.labels ?? {}) }),
  });
  return { ...plan, events };
}

function hintedGroups(observed: Observed) {
  const { service, slices, nodes } = observed;
  const families = familiesOf(service).map((family) => ({
    family,
    groups: groupsOf(observed, family),
    had: slices.some((slice) => slice.addressType === family && (slice.endpoints ?? []).some(({ hints }) => hints)),
  }));
  const note = (type: EventNote['type'], state: string, why: string, family: string): EventNote => ({
    type,
    reason: `TopologyAwareHints${state}`,
    message: `${why}, addressType: ${family}`,
  });
  if (!wantsTopologyHints(service)) {
    const plain = (service.spec.trafficDistribution ?? '') === '';
    const events = families
      .filter(({ had }) => plain && had)
      .map(({ family }) => note('Warning', 'Disabled', 'Topology Aware Hints has been disabled', family));
    return { groups: families.flatMap(({ groups }) => groups), events };
  }
  const shares = zoneShares(nodes());
  const hinted = families.map(({ family, groups, had }) => {
    const result = withTopologyHints(groups, shares);
    if (!result.ok) return { groups: result.groups, events: [note('Warning', 'Disabled', result.why, family)] };
    const enabled = note('Normal', 'Enabled', 'Topology Aware Hints has been enabled', family);
    return { groups: result.groups, events: had ? [] : [enabled] };
  });
  return { groups: hinted.flatMap(({ groups }) => groups), events: hinted.flatMap(({ events }) => events) };
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
  const distribution = wantsTopologyHints(service) ? undefined : service.spec.trafficDistribution;
  const hints = ready ? hintsFor(distribution, nodeName, zone) : undefined;
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
