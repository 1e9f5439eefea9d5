/**
 * Endpoints in slices: those of one address family and one set of ports share slices, up to a limit each. Few slices change at a
 * time, because every proxy of the cluster reads each change: endpoints stay in the slice they are in, new ones fill the room
 * that there is.
 */
import type { Endpoint, EndpointPort, EndpointSlice } from '../api/groups/discovery.v1.ts';
import { same } from './same.ts';
import { canonical } from './template-hash.ts';

export const serviceLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';

export type NewSlice = Omit<EndpointSlice, 'metadata'> & { readonly metadata: object };

export interface SlicePlan {
  readonly create: readonly NewSlice[];
  readonly update: readonly EndpointSlice[];
  readonly remove: readonly EndpointSlice[];
}

/** What slices hold in common, and all that they hold. A group without endpoints is one empty slice. */
export interface SliceGroup {
  readonly addressType: string;
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

/** How slices look that belong to somebody. */
export interface SliceStyle {
  /** What one slice may hold. */
  readonly endpointsMax: number;
  /** Metadata of a new one. */
  readonly fresh: object;
  /** What the metadata of one that exists should be. */
  readonly renewed: (metadata: EndpointSlice['metadata']) => EndpointSlice['metadata'];
}

/** `existing`: all slices of the owner; what fits no group goes. */
export function planSliceGroups(
  groups: readonly SliceGroup[],
  existing: readonly EndpointSlice[],
  style: SliceStyle,
): SlicePlan {
  const slices = existing.map(withoutNull);
  const used = new Set<EndpointSlice>();
  const plans = groups.map((group) => {
    const own = slices.filter((slice) => slice.addressType === group.addressType && samePorts(slice, group.ports));
    for (const slice of own) used.add(slice);
    return distribute(group, own, style);
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

function distribute(group: SliceGroup, slices: readonly EndpointSlice[], style: SliceStyle): SlicePlan {
  const { endpointsMax, fresh, renewed } = style;
  const { addressType, ports } = group;
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
  const add = (endpoints: readonly Endpoint[]) => create.push({ metadata: fresh, addressType, endpoints, ports });
  while (missing.length > 0) add(missing.splice(0, endpointsMax));
  const empty = kept.filter(({ endpoints }) => endpoints.length === 0);
  const placeholder = group.endpoints.length === 0 ? empty.shift() : undefined;
  if (group.endpoints.length === 0 && placeholder === undefined) add([]);
  const remain = kept.filter((one) => one.endpoints.length > 0 || one === placeholder);
  return {
    create,
    update: remain
      .map(({ slice, endpoints }) => ({ ...slice, metadata: renewed(slice.metadata), endpoints }))
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
