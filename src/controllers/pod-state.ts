/** What a pod's status says, as all controllers read it. */
import type { Pod } from '../api/groups/core.v1.ts';
import { findCondition } from './condition.ts';
import { timeMs } from './time.ts';

export function isPodReady(pod: Pod): boolean {
  return findCondition(pod.status.conditions, 'Ready')?.status === 'True';
}

export function isPodFinished(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
}

/** Neither finished nor being deleted. */
export function isPodActive(pod: Pod): boolean {
  return !isPodFinished(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** Being deleted, with containers that may still run. */
export function isPodTerminating(pod: Pod): boolean {
  return !isPodFinished(pod) && pod.metadata.deletionTimestamp !== undefined;
}

/** When the pod has been ready for long enough, or undefined when it is not ready. */
function podAvailableAtMs(pod: Pod, minReadySeconds: number): number | undefined {
  if (!isPodReady(pod)) return undefined;
  if (minReadySeconds === 0) return 0;
  const sinceMs = timeMs(findCondition(pod.status.conditions, 'Ready')?.lastTransitionTime);
  return sinceMs === undefined ? undefined : sinceMs + minReadySeconds * 1000;
}

export function isPodAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  const atMs = podAvailableAtMs(pod, minReadySeconds);
  return atMs !== undefined && atMs <= nowMs;
}

/** When the first of the pods that are ready now will count as available, if none does anything in between. */
export function nextAvailableMs(pods: readonly Pod[], minReadySeconds: number, nowMs: number): number | undefined {
  const times = pods
    .map((pod) => podAvailableAtMs(pod, minReadySeconds))
    .filter((atMs) => atMs !== undefined)
    .filter((atMs) => atMs > nowMs);
  return times.length === 0 ? undefined : Math.min(...times);
}
