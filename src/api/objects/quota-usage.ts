/**
 * What one object takes of a ResourceQuota, by the names that quotas have for it:
 *
 *   any object        count/RESOURCE.GROUP, and the plural name of some old kinds
 *   Pod               pods, cpu, memory, requests.*, limits.*: until it has finished
 *   Service           services, services.nodeports, services.loadbalancers
 *   claim of storage  persistentvolumeclaims, requests.storage, both also as CLASS.storageclass.storage.k8s.io/…
 *
 * https://kubernetes.io/docs/concepts/policy/resource-quotas
 */
import type { PersistentVolumeClaim, Pod, Service } from '../groups/core.v1.ts';
import type { KubeObject } from '../kind.ts';
import { aggregateAmount } from '../kinds/pod/aggregate.ts';
import { isExtended, isHugePages } from '../kinds/pod/resources.ts';
import { addQuantities, compareQuantities, parseQuantity, quantityFromNumber, type Quantity } from '../quantity.ts';
import type { AnyResource } from '../resource.ts';
import { PersistentVolumeClaims, Pods, Services } from '../resources.ts';

export type QuotaAmounts = Readonly<Record<string, Quantity>>;

/** Kinds whose plural name alone counts them too. */
const plainCounts = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets']);
const computed = ['cpu', 'memory', 'ephemeral-storage'];
const one = quantityFromNumber(1);

export function quotaUsage(resource: AnyResource, object: KubeObject, nowMs: number): QuotaAmounts {
  const count = { [objectCountName(resource)]: one };
  if (resource === Pods) return { ...count, ...podUsage(object as Pod, nowMs) };
  if (resource === Services) return { ...count, ...serviceUsage(object as Service) };
  if (resource === PersistentVolumeClaims) return { ...count, ...claimUsage(object as PersistentVolumeClaim) };
  return resource.group === '' && plainCounts.has(resource.plural) ? { ...count, [resource.plural]: one } : count;
}

/** `count/deployments.apps`. */
const objectCountName = ({ plural, group }: AnyResource): string =>
  group === '' ? `count/${plural}` : `count/${plural}.${group}`;

/** Whether objects of the resource may take anything of what the quota calls so. */
export function countsTowards(resource: AnyResource, name: string): boolean {
  if (name === objectCountName(resource)) return true;
  if (resource === Pods) return isPodAmount(name);
  if (resource === Services) return name === 'services' || name.startsWith('services.');
  if (resource === PersistentVolumeClaims) {
    return /^(?:.*\.storageclass\.storage\.k8s\.io\/)?(?:persistentvolumeclaims|requests\.storage)$/.test(name);
  }
  return resource.group === '' && plainCounts.has(name) && resource.plural === name;
}

/** When a pod on its way out stops to count though it is still there; undefined: not by time alone. */
export function podReleasedAtMs({ metadata }: Pod): number | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return undefined;
  return Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

function isPodAmount(name: string): boolean {
  if (name === 'pods' || isHugePages(name) || computed.includes(name)) return true;
  const [, of, rest = ''] = /^(requests|limits)\.(.+)$/.exec(name) ?? [];
  if (of === undefined) return false;
  return computed.includes(rest) || (of === 'requests' && (isHugePages(rest) || isExtended(rest)));
}

function podUsage(pod: Pod, nowMs: number): QuotaAmounts {
  const { phase } = pod.status;
  const releasedAtMs = podReleasedAtMs(pod);
  if (phase === 'Failed' || phase === 'Succeeded' || (releasedAtMs !== undefined && nowMs > releasedAtMs)) return {};
  const used: Record<string, Quantity> = { pods: one };
  for (const [name, amount] of podTotals(pod, 'requests')) {
    if (computed.includes(name) || isHugePages(name)) used[name] = amount;
    if (computed.includes(name) || isHugePages(name) || isExtended(name)) used[`requests.${name}`] = amount;
  }
  for (const [name, amount] of podTotals(pod, 'limits')) if (computed.includes(name)) used[`limits.${name}`] = amount;
  return used;
}

/** What the pod says for itself goes before the sum of its containers. The runtime's overhead comes on top. */
function podTotals({ spec }: Pod, of: 'requests' | 'limits'): ReadonlyMap<string, Quantity> {
  const overhead = spec.overhead ?? {};
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  const own = spec.resources?.[of] ?? {};
  const names = new Set([...all.flatMap(({ resources }) => Object.keys(resources?.[of] ?? {})), ...Object.keys(own)]);
  if (of === 'requests') for (const name of Object.keys(overhead)) names.add(name);
  const totals = new Map<string, Quantity>();
  for (const name of names) {
    const ownText = own[name];
    const total = ownText === undefined ? aggregateAmount(spec, of, name) : parseQuantity(ownText);
    const extra = overhead[name];
    const sum = [total, extra === undefined ? undefined : parseQuantity(extra)].filter((each) => each !== undefined);
    totals.set(name, sum.reduce(addQuantities));
  }
  return totals;
}

function serviceUsage({ spec }: Service): QuotaAmounts {
  const { type, ports = [], allocateLoadBalancerNodePorts } = spec;
  const balanced = type === 'LoadBalancer';
  const asked = ports.filter(({ nodePort }) => nodePort !== undefined && nodePort !== 0).length;
  const given = balanced && allocateLoadBalancerNodePorts === false ? asked : ports.length;
  const nodePorts = balanced || type === 'NodePort' ? given : 0;
  return {
    services: one,
    'services.nodeports': quantityFromNumber(nodePorts),
    'services.loadbalancers': quantityFromNumber(balanced ? 1 : 0),
  };
}

function claimUsage({ metadata, spec, status }: PersistentVolumeClaim): QuotaAmounts {
  const storageClass = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '';
  const own: Record<string, Quantity> = { persistentvolumeclaims: one };
  const asked = wholeUnits(spec.resources.requests?.['storage']);
  const allocated = wholeUnits(status.allocatedResources?.['storage']);
  // While a claim grows, or shrinks again after that failed, the larger size counts.
  const larger = asked !== undefined && allocated !== undefined && compareQuantities(allocated, asked) > 0;
  const storage = larger ? allocated : asked;
  if (storage !== undefined) own['requests.storage'] = storage;
  if (storageClass === '') return own;
  const byClass = Object.entries(own).map(([name, amount]) => [
    `${storageClass}.storageclass.storage.k8s.io/${name}`,
    amount,
  ]);
  return { ...own, ...Object.fromEntries(byClass) };
}

const nanosPerUnit = 1_000_000_000n;

/** Bytes are counted whole, rounded up. */
function wholeUnits(text: string | undefined): Quantity | undefined {
  if (text === undefined) return undefined;
  const quantity = parseQuantity(text);
  const rest = quantity.nanos % nanosPerUnit;
  return rest === 0n ? quantity : { nanos: quantity.nanos - rest + nanosPerUnit, notation: quantity.notation };
}
