/**
 * Endpoints that users wrote for a Service without a selector, as slices: proxies read nothing else. Subsets with the same ports
 * share slices, one list for each address family.
 */
import { isIP } from 'node:net';
import type {
  EndpointAddress,
  EndpointSubset,
  Endpoints as EndpointsObject,
  Service,
} from '../../api/groups/core.v1.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from '../../api/groups/discovery.v1.ts';
import { Endpoints } from '../../api/resources.ts';
import type { EventNote } from '../controller.ts';
import { controllerReference } from '../owner.ts';
import { managedByLabel, planSliceGroups, serviceLabel, type SliceGroup, type SlicePlan } from '../slice-groups.ts';
import { canonical } from '../template-hash.ts';

export const managedBy = 'endpointslicemirroring-controller.k8s.io';
const endpointsMax = 1000;
const skipLabel = 'endpointslice.kubernetes.io/skip-mirror';
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader';
const ownAnnotations = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'endpoints.kubernetes.io/last-change-trigger-time',
];

export interface Observed {
  readonly endpoints: EndpointsObject | undefined;
  readonly service: Service | undefined;
  /** Those that this controller made for them. */
  readonly slices: readonly EndpointSlice[];
}

export interface Plan extends SlicePlan {
  readonly events: readonly EventNote[];
}

export function planMirror({ endpoints, service, slices }: Observed): Plan {
  if (endpoints === undefined || !isMirrored(endpoints) || service === undefined || service.spec.selector != null) {
    return { create: [], update: [], remove: slices, events: [] };
  }
  const { groups, invalid, skipped } = groupsOf(endpoints);
  const { name, namespace } = endpoints.metadata;
  const { labels, annotations } = marksOf(endpoints);
  const ownerReferences = [controllerReference(Endpoints, endpoints)];
  const plan = planSliceGroups(groups, slices, {
    endpointsMax,
    fresh: { generateName: `${name}-`, namespace, labels, annotations, ownerReferences },
    renewed: (metadata) => ({ ...metadata, labels, annotations }),
  });
  return { ...plan, events: eventsOf(invalid, skipped) };
}

/** Those of elections of old, and those that say so, are nobody's addresses. */
function isMirrored({ metadata }: EndpointsObject): boolean {
  return metadata.labels?.[skipLabel] !== 'true' && metadata.annotations?.[leaderAnnotation] === undefined;
}

function marksOf({ metadata }: EndpointsObject) {
  const labels = { ...metadata.labels, [serviceLabel]: metadata.name, [managedByLabel]: managedBy };
  const kept = Object.entries(metadata.annotations ?? {}).filter(([key]) => !ownAnnotations.includes(key));
  return { labels, annotations: Object.fromEntries(kept) };
}

interface Grouped {
  readonly groups: readonly SliceGroup[];
  /** Addresses that are none, and those beyond what a subset may have. */
  readonly invalid: number;
  readonly skipped: number;
}

function groupsOf({ subsets }: EndpointsObject): Grouped {
  const groups = new Map<string, SliceGroup & { readonly endpoints: Endpoint[] }>();
  let invalid = 0;
  let skipped = 0;
  for (const subset of subsets ?? []) {
    const ports = portsOf(subset);
    const all = [
      ...(subset.addresses ?? []).map((address) => endpointOf(address, true)),
      ...(subset.notReadyAddresses ?? []).map((address) => endpointOf(address, false)),
    ];
    const valid = all.filter(({ addresses: [ip = ''] }) => isIP(ip) !== 0);
    invalid += all.length - valid.length;
    skipped += Math.max(0, valid.length - endpointsMax);
    for (const endpoint of valid.slice(0, endpointsMax)) {
      const addressType = isIP(endpoint.addresses[0] ?? '') === 6 ? 'IPv6' : 'IPv4';
      const key = `${addressType} ${canonical(ports)}`;
      const group = groups.get(key) ?? { addressType, ports, endpoints: [] };
      groups.set(key, group);
      group.endpoints.push(endpoint);
    }
  }
  return { groups: [...groups.values()], invalid, skipped };
}

function portsOf({ ports }: EndpointSubset): readonly EndpointPort[] {
  return (ports ?? []).map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
    name,
    port,
    protocol,
    ...(appProtocol === undefined ? {} : { appProtocol }),
  }));
}

function endpointOf({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(targetRef === undefined ? {} : { targetRef }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(hostname === undefined || hostname === '' ? {} : { hostname }),
  };
}

function eventsOf(invalid: number, skipped: number): readonly EventNote[] {
  const notes: EventNote[] = [];
  if (invalid > 0) {
    const message = `Skipped ${invalid} invalid IP addresses when mirroring to EndpointSlices`;
    notes.push({ type: 'Warning', reason: 'InvalidIPAddress', message });
  }
  if (skipped > 0) {
    const message = `A max of ${endpointsMax} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped + invalid} addresses were skipped`;
    notes.push({ type: 'Warning', reason: 'TooManyAddressesToMirror', message });
  }
  return notes;
}
