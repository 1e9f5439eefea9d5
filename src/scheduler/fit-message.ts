/** The sentence that users read in the PodScheduled condition and in FailedScheduling events. */
import type { Refusal } from './framework.ts';

export const noNodesMessage = 'no nodes available to schedule pods';

/** Such as `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.`; reasons sorted as text. */
export function fitMessage(nodeCount: number, refusals: Iterable<readonly [Refusal, number]>): string {
  const counts = new Map<string, number>();
  for (const [{ reasons }, count] of refusals) {
    if (count === 0) continue;
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).toSorted(byBytes);
  const head = `0/${nodeCount} nodes are available:`;
  return parts.length === 0 ? head : `${head} ${parts.join(', ')}.`;
}

/** The same when a plugin refused the pod before any node was looked at. */
export function preFilterMessage(nodeCount: number, message: string): string {
  return `0/${nodeCount} nodes are available: ${message}.`;
}

function byBytes(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
