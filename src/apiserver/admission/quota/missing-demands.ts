/**
 * What a pod must say once a quota bounds it: of processor and memory each container states how much it takes, or the pod
 * states it for all of them.
 */
import type { Container, Pod } from '../../../api/groups/core.v1.ts';
import { containerDemand } from '../pod-demand.ts';

const mustBeGiven = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);

/** As text; undefined when nothing is missing. `bounded`: the names in the quota. */
export function missingDemands({ spec }: Pod, bounded: readonly string[]): string | undefined {
  const ofPod = spec.resources === undefined ? new Set<string>() : given({ resources: spec.resources });
  const required = bounded.filter((name) => mustBeGiven.has(name) && !ofPod.has(name)).toSorted();
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const missing = required
    .map((name) => ({ name, who: containers.filter((one) => !given(one).has(name)).map((one) => one.name) }))
    .filter(({ who }) => who.length > 0);
  if (missing.length === 0) return undefined;
  return `must specify ${missing.map(({ name, who }) => `${name} for: ${who.toSorted().join(',')}`).join('; ')}`;
}

function given(container: Pick<Container, 'resources'>): ReadonlySet<string> {
  const { requests, limits } = containerDemand(container);
  const requested = Object.keys(requests).flatMap((name) => [name, `requests.${name}`]);
  return new Set([...requested, ...Object.keys(limits).map((name) => `limits.${name}`)]);
}
