/** How much a pod can count on what it asked for: all, some or nothing. */
import type { PodSpec } from '../../groups/core.v1.ts';
import { nanosOf } from './resources.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

type Amounts = Readonly<Record<string, string>> | undefined;
interface Resources {
  readonly limits?: Amounts;
  readonly requests?: Amounts;
}

const counted = ['cpu', 'memory'] as const;

/** What the pod asks for as a whole counts; else what its containers ask for. */
export function podQosClass(spec: PodSpec): QosClass {
  if (spec.resources != null && asksForAny(spec.resources)) return classOf([spec.resources]);
  return classOf([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ resources = {} }) => resources));
}

function classOf(all: readonly Resources[]): QosClass {
  if (!all.some(asksForAny)) return 'BestEffort';
  return all.every(isGuaranteed) ? 'Guaranteed' : 'Burstable';
}

const asksForAny = ({ limits, requests }: Resources): boolean =>
  counted.some((resource) => amountOf(limits, resource) > 0n || amountOf(requests, resource) > 0n);

const isGuaranteed = ({ limits, requests }: Resources): boolean =>
  counted.every((resource) => {
    const limit = amountOf(limits, resource);
    return limit > 0n && limit === amountOf(requests, resource);
  });

function amountOf(amounts: Amounts, resource: string): bigint {
  const text = amounts?.[resource];
  return text === undefined ? 0n : nanosOf(text);
}
