/**
 * How the objects of each kind count in a quota. Kinds with a rule of their own stand here; every other kind counts the
 * objects that are stored, as `count/deployments.apps`.
 */
import type { PersistentVolumeClaim, Pod, ScopedResourceSelectorRequirement, Service } from '../groups/core.v1.ts';
import type { KubeObject } from '../kind.ts';
import { quantityFromNumber, type Quantity } from '../quantity.ts';
import type { AnyResource } from '../resource.ts';
import { PersistentVolumeClaims, Pods, Services } from '../resources.ts';
import { readAmounts, type Amounts } from './amounts.ts';
import { isPodResource, missingDemands, namedIn, podInScope, podUsage } from './pod-usage.ts';

export interface Counting {
  /** Updates change what an object takes, not its creation alone. */
  readonly countsUpdates: boolean;
  /** A name in a quota that this kind takes from. */
  matches(resourceName: string): boolean;
  usage(object: KubeObject, nowMs: number): Amounts;
  inScope(object: KubeObject, scope: ScopedResourceSelectorRequirement): boolean;
  /** What the object must say and does not, once the quota bounds these resources. */
  missing(object: KubeObject, bounded: readonly string[]): string | undefined;
}

/** Kinds that could be counted by their bare name before `count/` came. */
const bareNames = new Set(['services', 'secrets', 'configmaps', 'resourcequotas', 'replicationcontrollers']);
const classSuffix = '.storageclass.storage.k8s.io/';
const claimResources = ['persistentvolumeclaims', 'requests.storage'];

export function countingOf(resource: AnyResource): Counting {
  if (resource === Pods) return podCounting;
  if (resource === Services) return serviceCounting;
  return resource === PersistentVolumeClaims ? claimCounting : objectCounting(resource);
}

const podCounting: Counting = {
  countsUpdates: false,
  matches: isPodResource,
  usage: (object, nowMs) => podUsage(object as unknown as Pod, nowMs),
  inScope: (object, scope) => podInScope(object as unknown as Pod, scope),
  missing: (object, bounded) => missingDemands(object as unknown as Pod, bounded),
};

const serviceCounting: Counting = {
  countsUpdates: true,
  matches: (name) => ['count/services', 'services', 'services.nodeports', 'services.loadbalancers'].includes(name),
  usage: (object) => serviceUsage(object as unknown as Service),
  inScope: () => false,
  missing: () => undefined,
};

const claimCounting: Counting = {
  countsUpdates: true,
  matches: (name) =>
    name === 'count/persistentvolumeclaims' ||
    claimResources.includes(name) ||
    claimResources.some((one) => name.endsWith(`${classSuffix}${one}`)),
  usage: (object) => claimUsage(object as unknown as PersistentVolumeClaim),
  inScope: (object, { scopeName, operator, values }) =>
    scopeName === 'VolumeAttributesClass' &&
    namedIn((object as unknown as PersistentVolumeClaim).spec.volumeAttributesClassName, operator, values),
  missing: () => undefined,
};

function objectCounting({ plural, group }: AnyResource): Counting {
  const names = [group === '' ? `count/${plural}` : `count/${plural}.${group}`];
  if (group === '' && bareNames.has(plural)) names.push(plural);
  return {
    countsUpdates: false,
    matches: (name) => names.includes(name),
    usage: () => Object.fromEntries(names.map((name) => [name, quantityFromNumber(1)])),
    inScope: () => false,
    missing: () => undefined,
  };
}

function serviceUsage({ spec }: Service): Amounts {
  const ports = spec.ports ?? [];
  const balanced = spec.type === 'LoadBalancer';
  const all = spec.type === 'NodePort' || (balanced && spec.allocateLoadBalancerNodePorts !== false);
  const chosen = balanced ? ports.filter(({ nodePort }) => (nodePort ?? 0) !== 0).length : 0;
  return {
    'count/services': quantityFromNumber(1),
    services: quantityFromNumber(1),
    'services.nodeports': quantityFromNumber(all ? ports.length : chosen),
    'services.loadbalancers': quantityFromNumber(balanced ? 1 : 0),
  };
}

function claimUsage({ metadata, spec }: PersistentVolumeClaim): Amounts {
  const one = quantityFromNumber(1);
  const usage: Record<string, Quantity> = { 'count/persistentvolumeclaims': one, persistentvolumeclaims: one };
  const className = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '';
  const storage = readAmounts(spec.resources?.requests)['storage'];
  if (storage !== undefined) usage['requests.storage'] = storage;
  if (className !== '') {
    usage[`${className}${classSuffix}persistentvolumeclaims`] = one;
    if (storage !== undefined) usage[`${className}${classSuffix}requests.storage`] = storage;
  }
  return usage;
}
