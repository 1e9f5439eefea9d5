/**
 * What is to be done about the load balancer of a Service, and which nodes it sends to.
 *
 * A load balancer is made anew, so to say, only when something changed that it depends on: the service controller remembers
 * the `ServiceFacts` and the nodes of the last time. After a restart it knows nothing and ensures all of them once.
 */
import type { Node, Service } from '../../api/groups/core.v1.ts';
import type { EventNote } from '../../client/controller.ts';

/** Keeps the Service until its load balancer is gone. */
export const cleanupFinalizer = 'service.kubernetes.io/load-balancer-cleanup';

const excludeLabel = 'node.kubernetes.io/exclude-from-external-load-balancers';
/** Set by the cluster autoscaler on a node that is about to go. */
const goingTaint = 'ToBeDeletedByClusterAutoscaler';

/** What was last brought about for a Service. */
export interface Ensured {
  readonly service: Service;
  /** See `nodesText`. */
  readonly nodes: string;
}

export type ServicePlan = 'nothing' | 'ensure' | 'update nodes' | 'remove';

/** `service`: undefined when it is gone; `nodes`: see `nodesText`. */
export function planService(service: Service | undefined, nodes: string, ensured: Ensured | undefined): ServicePlan {
  if (service === undefined) return ensured === undefined ? 'nothing' : 'remove';
  if (needsCleanup(service)) return 'remove';
  if (!wantsLoadBalancer(service)) return ensured === undefined ? 'nothing' : 'remove';
  // Whoever deletes it while it has no finalizer yet needs no load balancer any more.
  if (service.metadata.deletionTimestamp !== undefined) return 'nothing';
  if (ensured === undefined || factsText(ensured.service) !== factsText(service)) return 'ensure';
  return ensured.nodes === nodes ? 'nothing' : 'update nodes';
}

/** A Service that names a class of load balancers is somebody else's. */
export function wantsLoadBalancer({ spec }: Service): boolean {
  return spec.type === 'LoadBalancer' && spec.loadBalancerClass === undefined;
}

export function hasFinalizer({ metadata }: Service): boolean {
  return metadata.finalizers?.includes(cleanupFinalizer) === true;
}

export function needsCleanup(service: Service): boolean {
  const goes = service.metadata.deletionTimestamp !== undefined || service.spec.type !== 'LoadBalancer';
  return hasFinalizer(service) && goes && service.spec.loadBalancerClass === undefined;
}

/** Nodes that load balancers may send to, ready or not: those have health checks of their own. */
export function balancedNodes(nodes: readonly Node[]): readonly Node[] {
  return nodes
    .filter(isIncluded)
    .filter(({ spec }) => !(spec.taints ?? []).some(({ key }) => key === goingTaint))
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** Changes when load balancers are to be told of other nodes. A node about to go is left out when something else changes. */
export function nodesText(nodes: readonly Node[]): string {
  const texts = nodes.filter(isIncluded).map(({ metadata, spec }) => `${metadata.name} ${spec.providerID ?? ''}`);
  return texts.toSorted().join('\n');
}

function isIncluded({ metadata }: Node): boolean {
  return metadata.deletionTimestamp === undefined && metadata.labels?.[excludeLabel] === undefined;
}

/** All of a Service that a load balancer depends on. */
export function factsText({ metadata, spec }: Service): string {
  const ports = (spec.ports ?? []).map(({ name, protocol, port, nodePort, targetPort, appProtocol }) => {
    return [name, protocol, port, nodePort, targetPort, appProtocol];
  });
  return JSON.stringify([
    metadata.uid,
    Object.entries(metadata.annotations ?? {}).toSorted(),
    ports,
    spec.loadBalancerSourceRanges ?? [],
    spec.sessionAffinity,
    spec.sessionAffinityConfig,
    spec.loadBalancerIP ?? '',
    spec.externalIPs ?? [],
    spec.externalTrafficPolicy,
    spec.healthCheckNodePort ?? 0,
    spec.ipFamilies ?? [],
  ]);
}

/** What users are told when a Service changed: one note, of the first thing that differs, as Kubernetes does. */
export function noteOfChange(old: Service, now: Service): EventNote | undefined {
  const changes: readonly (readonly [reason: string, before: string, after: string])[] = [
    ['Type', old.spec.type ?? '', now.spec.type ?? ''],
    ['LoadBalancerSourceRanges', goList(old.spec.loadBalancerSourceRanges), goList(now.spec.loadBalancerSourceRanges)],
    ['LoadbalancerIP', old.spec.loadBalancerIP ?? '', now.spec.loadBalancerIP ?? ''],
    ['ExternalIP', goList(old.spec.externalIPs), goList(now.spec.externalIPs)],
    ['UID', old.metadata.uid, now.metadata.uid],
    ['ExternalTrafficPolicy', old.spec.externalTrafficPolicy ?? '', now.spec.externalTrafficPolicy ?? ''],
    ['HealthCheckNodePort', String(old.spec.healthCheckNodePort ?? 0), String(now.spec.healthCheckNodePort ?? 0)],
  ];
  const change = changes.find(([, before, after]) => before !== after);
  if (change === undefined) return undefined;
  const [reason, before, after] = change;
  const message = reason === 'ExternalIP' ? externalIpText(old, now) : `${before} -> ${after}`;
  return { type: 'Normal', reason, message };
}

function externalIpText(old: Service, now: Service): string {
  const [before, after] = [old.spec.externalIPs ?? [], now.spec.externalIPs ?? []];
  if (before.length !== after.length) return `Count: ${before.length} -> ${after.length}`;
  return `Added: ${after.find((ip, index) => ip !== before[index]) ?? ''}`;
}

function goList(values: readonly string[] | undefined): string {
  return `[${(values ?? []).join(' ')}]`;
}
