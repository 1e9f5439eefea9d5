/**
 * The endpoint slices of a Service: its pods' addresses in portions of at most a hundred, one list for each address family and
 * set of ports. Few slices change at a time, because every proxy of the cluster reads each change: endpoints stay in the
 * slice they are in, new ones fill the room that there is.
 */
import type { Node, Pod, Service } from '../../api/groups/core.v1.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from '../../api/groups/discovery.v1.ts';
import { Services } from '../../api/resources.ts';
import { controllerReference } from '../owner.ts';
import { isPodReady } from '../pod-state.ts';
import { same } from '../same.ts';
import { headlessLabel, hostnameIn, isHeadless, podReference, podsBehind, portsOf } from '../service-pods.ts';
import { canonical } from '../template-hash.ts';

export const serviceLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
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

export type NewSlice = Omit<EndpointSlice, 'metadata'> & { readonly metadata: object };

export interface Plan {
  readonly create: readonly NewSlice[];
  readonly update: readonly EndpointSlice[];
  readonly remove: readonly EndpointSlice[];
}

/** What a slice holds in common. */
interface Group {
  readonly addressType: string;
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

export function planSlices(observed: Observed): Plan {
  const { service } = observed;
  const slices = observed.slices.map(withoutNull);
  const families = familiesOf(service);
  const groups = families.flatMap((family) => groupsOf(observed, family));
  const used = new Set<EndpointSlice>();
  const plans = groups.map((group) => {
    const own = slices.filter((slice) => slice.addressType === group.addressType && samePorts(slice, group.ports));
    for (const slice of own) used.add(slice);
    return distribute(service, group, own);
  });
  return {
    create: plans.flatMap(({ create }) => create),
    update: plans.flatMap(({ update }) => update),
    remove: [...slices.filter((slice) => !used.has(slice)), ...plans.flatMap(({ remove }) => remove)],
  };
}

/** Empty lists are null on the wire. */
function withoutNull(slice: EndpointSlice): EndpointSlice {
  return { ...slice, endpoints: slice.endpoints ?? [], ports: slice.ports ?? [] };
}

function familiesOf({ spec }: Service): readonly string[] {
  const families = spec.ipFamilies ?? [];
  if (families.length > 0) return families;
  return [(spec.clusterIP ?? '').includes(':') ? 'IPv6' : 'IPv4'];
}

/** At least one group, so that a Service without pods has an empty slice. */
function groupsOf({ service, pods, nodeOf }: Observed, family: string): readonly Group[] {
  const groups = new Map<string, Group & { readonly endpoints: Endpoint[] }>();
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

function distribute(service: Service, group: Group, slices: readonly EndpointSlice[]): Plan {
  const wanted = new Map(group.endpoints.map((endpoint) => [identity(endpoint), endpoint]));
  const kept = slices.map((slice) => ({
    slice,
    endpoints: (slice.endpoints ?? []).flatMap((endpoint) => {
      const next = wanted.get(identity(endpoint));
      wanted.delete(identity(endpoint));
      return next === undefined ? [] : [next];
    }),
  }));
  const missing = [...wanted.values()];
  // Slices that change anyway take new endpoints before others do; of those, the fullest.
  const changes = ({ slice, endpoints }: (typeof kept)[number]) => !same(slice.endpoints, endpoints);
  kept.sort((a, b) => Number(changes(b)) - Number(changes(a)) || b.endpoints.length - a.endpoints.length);
  for (const { endpoints } of kept) endpoints.push(...missing.splice(0, Math.max(0, endpointsMax - endpoints.length)));
  const create: NewSlice[] = [];
  while (missing.length > 0) create.push(newSlice(service, { ...group, endpoints: missing.splice(0, endpointsMax) }));
  const empty = kept.filter(({ endpoints }) => endpoints.length === 0);
  const placeholder = group.endpoints.length === 0 ? empty.shift() : undefined;
  if (group.endpoints.length === 0 && placeholder === undefined) create.push(newSlice(service, group));
  const remain = kept.filter((one) => one.endpoints.length > 0 || one === placeholder);
  return {
    create,
    update: remain
      .map(({ slice, endpoints }) => withMetadata(service, { ...slice, endpoints }))
      .filter((next, i) => !same(next, remain[i]?.slice)),
    remove: empty.map(({ slice }) => slice),
  };
}

const identity = ({ targetRef, addresses }: Endpoint): string => `${targetRef?.uid ?? ''} ${addresses.join()}`;

const samePorts = (slice: EndpointSlice, ports: readonly EndpointPort[]): boolean =>
  canonical((slice.ports ?? []).map(comparable)) === canonical(ports.map(comparable));

const comparable = ({ name = '', protocol, port, appProtocol }: EndpointPort) => ({
  name,
  protocol,
  port,
  appProtocol,
});

function newSlice(service: Service, { addressType, ports, endpoints }: Group): NewSlice {
  const { name, namespace } = service.metadata;
  const ownerReferences = [controllerReference(Services, service)];
  return {
    metadata: { generateName: `${name}-`, namespace, labels: labelsFor(service, {}), ownerReferences },
    addressType,
    endpoints,
    ports,
  };
}

function withMetadata(service: Service, slice: EndpointSlice): EndpointSlice {
  return { ...slice, metadata: { ...slice.metadata, labels: labelsFor(service, slice.metadata.labels ?? {}) } };
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
