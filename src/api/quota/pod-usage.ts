/** What a pod takes of a quota, and which scopes it falls into. */
import type { Container, Pod, ScopedResourceSelectorRequirement } from '../groups/core.v1.ts';
import { podQosClass } from '../kinds/pod/qos.ts';
import { quantityFromNumber, type Quantity } from '../quantity.ts';
import { addAmounts, type Amounts, type Demand } from './amounts.ts';
import { containerDemand, podDemand } from './pod-demand.ts';

const computed = ['cpu', 'memory', 'ephemeral-storage'];
const counted = new Set([
  'count/pods',
  'pods',
  ...computed.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
]);
/** Of these a pod must say how much it takes, container by container, once a quota bounds them. */
const mustBeGiven = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);

/** The quota's resources that pods take from. */
export function isPodResource(name: string): boolean {
  return counted.has(name) || /^(requests\.)?hugepages-/.test(name) || isExtendedRequest(name);
}

/** A pod that has ended takes only its place in the store. */
export function podUsage({ metadata, spec, status }: Pod, nowMs: number): Amounts {
  const stored = { 'count/pods': quantityFromNumber(1) };
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return stored;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (deletionTimestamp !== undefined && deletionGracePeriodSeconds !== undefined) {
    if (nowMs > Date.parse(deletionTimestamp) + (deletionGracePeriodSeconds ?? 0) * 1000) return stored;
  }
  return addAmounts({ ...stored, pods: quantityFromNumber(1) }, usageOf(podDemand(spec, true)));
}

/** What the quota wants to know and the pod does not say, as text; undefined when nothing is missing. */
export function missingDemands({ spec }: Pod, bounded: readonly string[]): string | undefined {
  const required = bounded.filter((name) => mustBeGiven.has(name));
  const ofPod = spec.resources === undefined ? {} : usageOf(containerDemand({ resources: spec.resources }));
  const missing = new Map<string, string[]>();
  const check = (container: Container): void => {
    const given = usageOf(containerDemand(container));
    for (const name of required) {
      if (given[name] !== undefined || ofPod[name] !== undefined) continue;
      missing.set(name, [...(missing.get(name) ?? []), container.name]);
    }
  };
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) check(container);
  if (missing.size === 0) return undefined;
  const parts = [...missing].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `must specify ${parts.map(([name, who]) => `${name} for: ${[...new Set(who)].toSorted().join(',')}`).join('; ')}`;
}

export function podInScope(pod: Pod, { scopeName, operator, values }: ScopedResourceSelectorRequirement): boolean {
  const { spec } = pod;
  const terminating = (spec.activeDeadlineSeconds ?? -1) >= 0;
  switch (scopeName) {
    case 'Terminating':
      return terminating;
    case 'NotTerminating':
      return !terminating;
    case 'BestEffort':
      return podQosClass(spec) === 'BestEffort';
    case 'NotBestEffort':
      return podQosClass(spec) !== 'BestEffort';
    case 'PriorityClass':
      return namedIn(spec.priorityClassName, operator, values);
    case 'CrossNamespacePodAffinity':
      return reachesOtherNamespaces(pod);
    default:
      return false;
  }
}

/** The name (or none) meets the operator of a scope selector. */
export function namedIn(name: string | undefined, operator: string, values: readonly string[] | undefined): boolean {
  const given = name !== undefined && name !== '';
  if (operator === 'Exists') return given;
  if (operator === 'DoesNotExist') return !given;
  const among = given && (values ?? []).includes(name);
  return operator === 'In' ? among : !among;
}

function usageOf({ requests, limits }: Demand): Amounts {
  const usage: Record<string, Quantity> = {};
  for (const [name, amount] of Object.entries(requests)) {
    if (computed.includes(name) || name.startsWith('hugepages-')) usage[name] = amount;
    if (computed.includes(name) || name.startsWith('hugepages-') || isExtended(name))
      usage[`requests.${name}`] = amount;
  }
  for (const [name, amount] of Object.entries(limits)) if (computed.includes(name)) usage[`limits.${name}`] = amount;
  return usage;
}

const isExtended = (name: string): boolean =>
  name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.');

const isExtendedRequest = (name: string): boolean =>
  name.startsWith('requests.') && isExtended(name.slice('requests.'.length));

function reachesOtherNamespaces({ spec }: Pod): boolean {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  const terms = [podAffinity, podAntiAffinity].flatMap((one) => [
    ...(one?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(one?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ]);
  return terms.some(({ namespaces, namespaceSelector }) => (namespaces ?? []).length > 0 || namespaceSelector != null);
}
