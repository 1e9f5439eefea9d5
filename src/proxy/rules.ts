/**
 * What the services of a cluster mean on one node, as plain data: which address and port leads to which endpoints.
 *
 * Pure: the same services, slices and node give the same rules in the same order. A back end (nftables.ts) turns them
 * into the kernel's language. IPv4 for now: other families of a dual-stack service are left out.
 *
 * Endpoints that are ready are used; when none is, those that still serve while they terminate. Which of them take
 * traffic depends on where it comes from: see `inside` and `outside`.
 */
import type { Service, ServicePort } from '../api/groups/core.v1.ts';
import type { Endpoint, EndpointSlice } from '../api/groups/discovery.v1.ts';

export type Protocol = 'tcp' | 'udp' | 'sctp';

export interface Target {
  readonly ip: string;
  readonly port: number;
}

/** What becomes of a connection: balanced over targets, refused with an answer, or dropped without one. */
export type Way =
  | { readonly type: 'balance'; readonly targets: readonly Target[] }
  | { readonly type: 'reject' }
  | { readonly type: 'drop' };

export interface ServiceRule {
  /** `namespace/name/protocol/portName`: unique, and stable while the port exists. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly clusterIp: string;
  readonly port: number;
  /** 0: none. */
  readonly nodePort: number;
  /** External and load balancer addresses. */
  readonly externalIps: readonly string[];
  /** Those of them that are a load balancer's, when only some clients may use these; else none. */
  readonly guardedIps: readonly string[];
  /** The clients that may use the guarded addresses, `192.0.2.0/24`. */
  readonly sourceRanges: readonly string[];
  /** Connections of a client stay with one target this long after the last; 0: not at all. */
  readonly affinitySeconds: number;
  /** For the cluster IP. */
  readonly inside: Way;
  /** For node ports and external addresses, when the client is outside of the cluster. */
  readonly outside: Way;
  /** Targets in the whole cluster: for pods and this node, whatever address they use to get at a service from outside. */
  readonly everywhere: Way;
  /** Outside clients keep their own source address: only targets on this node are used for them. */
  readonly keepsClientIp: boolean;
}

export interface RulesInput {
  readonly services: readonly Service[];
  readonly slices: readonly EndpointSlice[];
  readonly nodeName: string;
}

const serviceNameLabel = 'kubernetes.io/service-name';
const proxyNameLabel = 'service.kubernetes.io/service-proxy-name';
const headlessLabel = 'service.kubernetes.io/headless';
const defaultAffinitySeconds = 10_800;

export function serviceRules({ services, slices, nodeName }: RulesInput): readonly ServiceRule[] {
  const slicesOf = Map.groupBy(
    slices.filter((slice) => slice.addressType === 'IPv4'),
    (slice) => `${slice.metadata.namespace}/${slice.metadata.labels?.[serviceNameLabel] ?? ''}`,
  );
  const rules = services.filter(isProxied).flatMap((service) => {
    const { namespace, name } = service.metadata;
    const own = slicesOf.get(`${namespace}/${name}`) ?? [];
    return (service.spec.ports ?? []).map((port) => ruleFor(service, port, own, nodeName));
  });
  return rules.toSorted((a, b) => compareText(a.name, b.name));
}

function isProxied({ spec, metadata }: Service): boolean {
  const labels = metadata.labels ?? {};
  if (spec.type === 'ExternalName' || labels[proxyNameLabel] !== undefined || headlessLabel in labels) return false;
  return ipv4ClusterIp(spec) !== undefined;
}

function ipv4ClusterIp({ clusterIP, clusterIPs }: Service['spec']): string | undefined {
  const all = clusterIPs === undefined || clusterIPs.length === 0 ? [clusterIP ?? ''] : clusterIPs;
  return all.find(isIPv4);
}

function ruleFor(service: Service, port: ServicePort, slices: readonly EndpointSlice[], nodeName: string): ServiceRule {
  const { spec, metadata } = service;
  const protocol = protocolOf(port.protocol);
  const { all, local } = targetsOf(slices, port, nodeName);
  const everywhere = wayTo(all, all);
  const keepsClientIp = spec.externalTrafficPolicy === 'Local';
  return {
    name: `${metadata.namespace}/${metadata.name}/${protocol}/${port.name ?? ''}`,
    protocol,
    clusterIp: ipv4ClusterIp(spec) ?? '',
    port: port.port,
    nodePort: port.nodePort ?? 0,
    externalIps: externalIps(service),
    ...guard(service),
    affinitySeconds:
      spec.sessionAffinity === 'ClientIP'
        ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds)
        : 0,
    inside: spec.internalTrafficPolicy === 'Local' ? wayTo(local, all) : everywhere,
    outside: keepsClientIp ? wayTo(local, all) : everywhere,
    everywhere,
    keepsClientIp,
  };
}

/** Without any target the service answers "refused"; with targets, but none of those that may be used, it is silent. */
function wayTo(targets: readonly Target[], all: readonly Target[]): Way {
  if (targets.length > 0) return { type: 'balance', targets };
  return { type: all.length === 0 ? 'reject' : 'drop' };
}

interface Candidate {
  readonly target: Target;
  readonly ready: boolean;
  readonly local: boolean;
}

function targetsOf(
  slices: readonly EndpointSlice[],
  port: ServicePort,
  nodeName: string,
): { readonly all: readonly Target[]; readonly local: readonly Target[] } {
  const candidates = slices.flatMap((slice) => {
    const sliceName = port.name ?? '';
    const match = slice.ports?.find(
      (other) => (other.name ?? '') === sliceName && protocolOf(other.protocol) === protocolOf(port.protocol),
    );
    const number = match?.port;
    if (number === undefined) return [];
    return (slice.endpoints ?? []).flatMap((endpoint) => candidate(endpoint, number, nodeName));
  });
  return { all: usable(candidates), local: usable(candidates.filter((other) => other.local)) };
}

function candidate(endpoint: Endpoint, port: number, nodeName: string): readonly Candidate[] {
  const { ready = true, serving = ready, terminating = false } = endpoint.conditions;
  const [ip] = endpoint.addresses;
  if (ip === undefined || !isIPv4(ip) || (!ready && !(serving && terminating))) return [];
  return [{ target: { ip, port }, ready, local: endpoint.nodeName === nodeName }];
}

function usable(candidates: readonly Candidate[]): readonly Target[] {
  const ready = candidates.filter((other) => other.ready);
  const chosen = ready.length > 0 ? ready : candidates;
  const unique = new Map(chosen.map(({ target }) => [`${target.ip} ${target.port}`, target]));
  return [...unique.entries()].toSorted(([a], [b]) => compareText(a, b)).map(([, target]) => target);
}

function externalIps(service: Service): readonly string[] {
  const all = [...(service.spec.externalIPs ?? []), ...loadBalancerIps(service)];
  return [...new Set(all.filter(isIPv4))].toSorted(compareText);
}

/** Addresses of a load balancer that wants to see the traffic itself are not served here. */
function loadBalancerIps({ spec, status }: Service): readonly string[] {
  if (spec.type !== 'LoadBalancer') return [];
  const ingress = status.loadBalancer.ingress ?? [];
  return ingress.flatMap(({ ip, ipMode }) => (ip === undefined || !isIPv4(ip) || ipMode === 'Proxy' ? [] : [ip]));
}

/** With ranges of the other family alone, nobody of this one may in. */
function guard(service: Service): Pick<ServiceRule, 'guardedIps' | 'sourceRanges'> {
  const ranges = (service.spec.loadBalancerSourceRanges ?? []).map((range) => range.trim());
  if (ranges.length === 0) return { guardedIps: [], sourceRanges: [] };
  const sourceRanges = [...new Set(ranges.filter((range) => isIPv4(range.split('/')[0] ?? '')))];
  return { guardedIps: loadBalancerIps(service), sourceRanges: sourceRanges.toSorted(compareText) };
}

function protocolOf(name: string | undefined): Protocol {
  if (name === 'UDP') return 'udp';
  return name === 'SCTP' ? 'sctp' : 'tcp';
}

function isIPv4(text: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(text);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
