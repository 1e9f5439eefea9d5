/** Whether the node can take a pod at all: the last word, for pods that no scheduler sent or that were sent at the same moment. */
import type { Pod } from '../../api/groups/core.v1.ts';
import {
  addQuantities,
  compareQuantities,
  parseQuantity,
  quantityToMilli,
  quantityToNumber,
  type Quantity,
} from '../../api/quantity.ts';
import type { Waiting } from './plan.ts';
import { podAmounts } from './pod-amounts.ts';

/** Why the pod is refused; undefined when it fits. Pods that have begun are never refused. */
export function admitPod(
  pod: Pod,
  others: readonly Pod[],
  allocatable: Readonly<Record<string, string>>,
  maxPods: number,
): Waiting | undefined {
  if (pod.status.startTime !== undefined || pod.metadata.deletionTimestamp !== undefined) return undefined;
  const active = others.filter(({ status }) => status.phase !== 'Succeeded' && status.phase !== 'Failed');
  if (active.length + 1 > maxPods) return outOf('pods', 1, active.length, maxPods);
  for (const [name, text] of Object.entries(podAmounts(pod).requests)) {
    const wanted = parseQuantity(text);
    if (wanted.nanos === 0n) continue;
    const capacity = parseQuantity(allocatable[name] ?? '0');
    const used = active
      .map((other) => parseQuantity(podAmounts(other).requests[name] ?? '0'))
      .reduce(addQuantities, parseQuantity('0'));
    if (compareQuantities(addQuantities(used, wanted), capacity) > 0) {
      return outOf(name, numberOf(name, wanted), numberOf(name, used), numberOf(name, capacity));
    }
  }
  return undefined;
}

function numberOf(name: string, quantity: Quantity): number {
  return name === 'cpu' ? quantityToMilli(quantity) : quantityToNumber(quantity);
}

function outOf(name: string, requested: number, used: number, capacity: number): Waiting {
  const why = `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  return { reason: `OutOf${name}`, message: `Pod was rejected: ${why}` };
}
