/**
 * The order in which pods are given up when there are too many: those that matter least first. Unassigned before assigned,
 * pending before running, unready before ready, cheap before dear (`pod-deletion-cost`), crowded nodes before others, short
 * ready before long ready, restarted often before seldom, young before old. Ages are compared by their order of magnitude,
 * so that the youngest do not always go first and failure domains stay even.
 */
import type { Pod } from '../../api/groups/core.v1.ts';
import { findCondition } from '../condition.ts';
import { isPodActive, isPodReady } from '../pod-state.ts';
import { timeMs } from '../time.ts';

const phaseRanks: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };
const costAnnotation = 'controller.kubernetes.io/pod-deletion-cost';

/** `related`: pods of all owners that share a parent with the owner of `pods`. */
export function rankForDeletion(pods: readonly Pod[], related: readonly Pod[], nowMs: number): readonly Pod[] {
  const crowds = new Map<string, number>();
  for (const pod of related) {
    if (!isPodActive(pod)) continue;
    const node = pod.spec.nodeName ?? '';
    crowds.set(node, (crowds.get(node) ?? 0) + 1);
  }
  const crowd = (pod: Pod) => crowds.get(pod.spec.nodeName ?? '') ?? 0;
  return pods.toSorted((a, b) => compare(a, b, crowd, nowMs));
}

function compare(a: Pod, b: Pod, crowd: (pod: Pod) => number, nowMs: number): number {
  return (
    Number(a.spec.nodeName !== undefined) - Number(b.spec.nodeName !== undefined) ||
    phaseRank(a) - phaseRank(b) ||
    Number(isPodReady(a)) - Number(isPodReady(b)) ||
    deletionCost(a) - deletionCost(b) ||
    crowd(b) - crowd(a) ||
    byAge(readySinceMs(a), readySinceMs(b), a, b, nowMs) ||
    restarts(b) - restarts(a) ||
    byAge(timeMs(a.metadata.creationTimestamp), timeMs(b.metadata.creationTimestamp), a, b, nowMs)
  );
}

function byAge(a: number | undefined, b: number | undefined, podA: Pod, podB: Pod, nowMs: number): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  return magnitude(nowMs - a) - magnitude(nowMs - b) || (podA.metadata.uid < podB.metadata.uid ? -1 : 1);
}

const magnitude = (ageMs: number): number => (ageMs <= 0 ? -1 : Math.floor(Math.log2(ageMs * 1e6)));

const phaseRank = (pod: Pod): number => phaseRanks[pod.status.phase ?? ''] ?? 0;

function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[costAnnotation] ?? '0';
  return /^-?\d+$/.test(text) ? Number(text) : 0;
}

const readySinceMs = (pod: Pod): number | undefined =>
  isPodReady(pod) ? timeMs(findCondition(pod.status.conditions, 'Ready')?.lastTransitionTime) : undefined;

const restarts = (pod: Pod): number =>
  (pod.status.containerStatuses ?? []).reduce((most, { restartCount }) => Math.max(most, restartCount), 0);
