/** How much a pod can count on what it asked for: all, some or nothing. */
import type { PodSpec } from '../../groups/core.v1.ts';
import { nanosOf } from './resources.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

type Amounts = Readonly<Record<string, string>> | undefined;

const counted = ['cpu', 'memory'];

export function podQosClass(spec: PodSpec): QosClass {
  const { limits, requests } = spec.resources ?? {};
  const ofPod = { limits: given(limits), requests: given(requests) };
  if (ofPod.limits.size + ofPod.requests.size > 0) return classOf([ofPod]);
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  return classOf(
    containers.map(({ resources }) => ({ limits: given(resources?.limits), requests: given(resources?.requests) })),
  );
}

interface Counted {
  readonly limits: ReadonlyMap<string, bigint>;
  readonly requests: ReadonlyMap<string, bigint>;
}

function classOf(all: readonly Counted[]): QosClass {
  if (all.every(({ limits, requests }) => limits.size + requests.size === 0)) return 'BestEffort';
  const guaranteed = all.every(({ limits, requests }) =>
    counted.every((resource) => limits.has(resource) && requests.get(resource) === limits.get(resource)),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

function given(amounts: Amounts): ReadonlyMap<string, bigint> {
  const entries = Object.entries(amounts ?? {}).map(([resource, text]) => [resource, nanosOf(text)] as const);
  return new Map(entries.filter(([resource, nanos]) => counted.includes(resource) && nanos > 0n));
}
