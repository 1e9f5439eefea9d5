/**
 * Addresses and node ports of Services: each is given once. What is in use is read from the Services themselves; what was
 * promised to writes still under way is remembered until they are in the cache, so that two of them never get the same.
 */
import { invalid, invalidError } from '../../api/field-error.ts';
import type { Draft } from '../../api/descriptor.ts';
import type { Service } from '../../api/groups/core.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { Random } from '../../base/random.ts';
import type { ResourceCache } from '../registry/cache.ts';
import type { Served } from '../registry/served.ts';
import { addressInRange, parseRange, type AddressRange } from './address-range.ts';

const minNodePort = 30_000;
const maxNodePort = 32_767;

export interface Reservations {
  /** Fills in cluster IPs and node ports. @throws ApiError Invalid when a wanted one is taken or outside the range. */
  reserve(draft: Draft<Service>, old: Service | undefined): void;
  released(served: Served, object: KubeObject): void;
}

export function createReservations(services: ResourceCache, rangeText: string, random: Random): Reservations {
  const range = parseRange(rangeText);
  const promised = new Map<string, string>();
  const inUse = (own: string): { readonly ips: Set<string>; readonly ports: Set<number> } => {
    const ips = new Set<string>();
    const ports = new Set<number>();
    for (const { object } of services.list(services.prefix)) {
      if (object.metadata.uid === own) continue;
      const { spec } = object as unknown as Service;
      for (const ip of spec.clusterIPs ?? []) ips.add(ip);
      for (const port of nodePortsOf(spec)) ports.add(port);
    }
    for (const [what, owner] of promised) {
      if (owner === own) continue;
      if (what.startsWith('port:')) ports.add(Number(what.slice(5)));
      else ips.add(what);
    }
    return { ips, ports };
  };
  return {
    reserve(draft, old) {
      const uid = draft.metadata.uid ?? '';
      // What this service was promised before is settled by now, or given up by this write.
      for (const [what, owner] of promised) if (owner === uid) promised.delete(what);
      const used = inUse(uid);
      forgetSettled(promised, services);
      reserveAddress(draft, old, range, used.ips, random);
      reservePorts(draft, used.ports, random);
      reserveHealthCheckPort(draft, used.ports, random);
      for (const ip of draft.spec.clusterIPs ?? []) promised.set(ip, uid);
      for (const port of nodePortsOf(draft.spec as Service['spec'])) promised.set(`port:${port}`, uid);
    },
    released(served, object) {
      if (served.cache !== services) return;
      for (const [what, owner] of promised) if (owner === object.metadata.uid) promised.delete(what);
    },
  };
}

/** Promises are short: what is in the cache by now speaks for itself. */
function forgetSettled(promised: Map<string, string>, services: ResourceCache): void {
  if (promised.size < 1000) return;
  const stored = new Set(services.list(services.prefix).map(({ object }) => object.metadata.uid));
  for (const [what, owner] of promised) if (stored.has(owner)) promised.delete(what);
}

const nodePortsOf = (spec: Service['spec']): number[] => [
  ...(spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0).filter((port) => port > 0),
  ...(spec.healthCheckNodePort === undefined || spec.healthCheckNodePort === 0 ? [] : [spec.healthCheckNodePort]),
];

function reserveAddress(
  draft: Draft<Service>,
  old: Service | undefined,
  range: AddressRange,
  used: ReadonlySet<string>,
  random: Random,
): void {
  const { spec } = draft;
  if (spec.type === 'ExternalName') return;
  const wanted = spec.clusterIP ?? '';
  if (wanted === 'None') {
    spec.clusterIPs = ['None'];
    return;
  }
  if (wanted !== '') {
    if (old?.spec.clusterIP === wanted) return;
    checkAddress(draft, wanted, range, used);
    if ((spec.clusterIPs ?? []).length === 0) spec.clusterIPs = [wanted];
    return;
  }
  const chosen = freeAddress(draft, range, used, random);
  spec.clusterIP = chosen;
  spec.clusterIPs = [chosen];
}

function checkAddress(draft: Draft<Service>, wanted: string, range: AddressRange, used: ReadonlySet<string>): void {
  const refuse = (detail: string): never => {
    throw invalidError('', 'Service', draft.metadata.name, [
      invalid('spec.clusterIPs', [wanted], `failed to allocate IP ${wanted}: ${detail}`),
    ]);
  };
  if (!addressInRange(range, wanted)) refuse('the provided network does not match the current range');
  if (used.has(wanted)) refuse('provided IP is already allocated');
}

/** At random from the upper part of the range; the lower part is left to who asks for addresses by name. */
function freeAddress(draft: Draft<Service>, range: AddressRange, used: ReadonlySet<string>, random: Random): string {
  const reservedLow = Math.min(Math.max(16, Math.floor(range.size / 16)), 256);
  const start = reservedLow + Math.floor(random.next() * (range.size - reservedLow - 1));
  for (let i = 0; i < range.size; i++) {
    const offset = (start + i) % range.size;
    const address = range.at(offset);
    if (offset > 0 && offset < range.size - 1 && !used.has(address)) return address;
  }
  throw invalidError('', 'Service', draft.metadata.name, [
    invalid('spec.clusterIPs', draft.spec.clusterIPs ?? [], 'failed to allocate a serviceIP: range is full'),
  ]);
}

function reservePorts(draft: Draft<Service>, used: ReadonlySet<number>, random: Random): void {
  const { spec } = draft;
  const needs =
    spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
  if (!needs) return;
  const own = new Map<number, Set<string>>();
  (spec.ports ?? []).forEach((port, index) => {
    const protocol = port.protocol ?? 'TCP';
    const wanted = port.nodePort ?? 0;
    const field = `spec.ports[${index}].nodePort`;
    if (wanted !== 0) {
      if (wanted < minNodePort || wanted > maxNodePort) {
        throw invalidError('', 'Service', draft.metadata.name, [
          invalid(
            field,
            wanted,
            `provided port is not in the valid range. The range of valid ports is ${minNodePort}-${maxNodePort}`,
          ),
        ]);
      }
      if (used.has(wanted))
        throw invalidError('', 'Service', draft.metadata.name, [
          invalid(field, wanted, 'provided port is already allocated'),
        ]);
    }
    // The same number may serve two protocols of one Service port.
    const sameNumber = (spec.ports ?? [])
      .slice(0, index)
      .find((other) => other.port === port.port && (other.protocol ?? 'TCP') !== protocol)?.nodePort;
    const number = wanted !== 0 ? wanted : (sameNumber ?? freePort(used, own, random));
    port.nodePort = number;
    own.set(number, (own.get(number) ?? new Set()).add(protocol));
  });
}

/** A load balancer asks the nodes which of them have pods of the service: on a port of its own. */
function reserveHealthCheckPort(draft: Draft<Service>, used: ReadonlySet<number>, random: Random): void {
  const { spec } = draft;
  if (spec.type !== 'LoadBalancer' || spec.externalTrafficPolicy !== 'Local') return;
  const own = new Map((spec.ports ?? []).map(({ nodePort }) => [nodePort ?? 0, true]));
  const wanted = spec.healthCheckNodePort ?? 0;
  if (wanted === 0) spec.healthCheckNodePort = freePort(used, own, random);
  else if (used.has(wanted)) {
    throw invalidError('', 'Service', draft.metadata.name, [
      invalid('spec.healthCheckNodePort', wanted, 'provided port is already allocated'),
    ]);
  }
}

function freePort(used: ReadonlySet<number>, own: ReadonlyMap<number, unknown>, random: Random): number {
  const count = maxNodePort - minNodePort + 1;
  const start = Math.floor(random.next() * count);
  for (let i = 0; i < count; i++) {
    const port = minNodePort + ((start + i) % count);
    if (!used.has(port) && !own.has(port)) return port;
  }
  throw invalidError('', 'Service', '', [invalid('spec.ports', null, 'failed to allocate a nodePort: range is full')]);
}
