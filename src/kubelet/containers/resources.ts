/** Requests and limits in the kernel's terms. */
import type { Pod, ResourceRequirements } from '../../api/groups/core.v1.ts';
import { parseQuantity, quantityToMilli, quantityToNumber } from '../../api/quantity.ts';
import { podQosClass } from '../../api/kinds/pod/qos.ts';
import type { ContainerResources } from '../runtimes/runtime.ts';

export const cpuPeriodMicroseconds = 100_000;
const leastShares = 2;
const mostShares = 262_144;
const leastQuotaMicroseconds = 1000;

/** `memoryCapacityBytes`: the node's. */
export function linuxResources(
  pod: Pod,
  { requests = {}, limits = {} }: ResourceRequirements,
  memoryCapacityBytes: number,
): ContainerResources {
  const cpuLimit = milli(limits['cpu']);
  const memoryLimitBytes = bytes(limits['memory']);
  return {
    cpuShares: sharesOf(milli(requests['cpu'] ?? limits['cpu'])),
    ...(cpuLimit === 0 ? {} : { cpuPeriodMicroseconds, cpuQuotaMicroseconds: quotaOf(cpuLimit) }),
    ...(memoryLimitBytes === 0 ? {} : { memoryLimitBytes }),
    oomScoreAdjust: oomScore(pod, bytes(requests['memory'] ?? limits['memory']), memoryCapacityBytes),
  };
}

export function sharesOf(milliCpu: number): number {
  return milliCpu === 0
    ? leastShares
    : Math.min(Math.max(Math.floor((milliCpu * 1024) / 1000), leastShares), mostShares);
}

export function quotaOf(milliCpu: number): number {
  return Math.max(Math.floor((milliCpu * cpuPeriodMicroseconds) / 1000), leastQuotaMicroseconds);
}

/** The kernel kills first what has the highest score: best effort, then those that use more than they asked for. */
function oomScore(pod: Pod, requestedBytes: number, capacityBytes: number): number {
  const quality = podQosClass(pod.spec);
  if (quality === 'Guaranteed') return -997;
  if (quality === 'BestEffort') return 1000;
  const score = 1000 - Math.floor((1000 * requestedBytes) / Math.max(capacityBytes, 1));
  return Math.min(Math.max(score, 3), 999);
}

export function milli(text: string | undefined): number {
  return text === undefined ? 0 : quantityToMilli(parseQuantity(text));
}

export function bytes(text: string | undefined): number {
  return text === undefined ? 0 : quantityToNumber(parseQuantity(text));
}
