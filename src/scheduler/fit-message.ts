/** The sentence that users read in the PodScheduled condition and in FailedScheduling events. */
import type { Refusal } from './framework.ts';

export const noNodesMessage = 'no nodes available to schedule pods';

/** Refusals of the same kind that need not be listed one by one. */
export interface Repeated {
  readonly refusal: Refusal;
  readonly count: number;
}

/** Such as `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.`; reasons sorted as text. */
export function fitMessage(nodeCount: number, refusals: readonly Refusal[], more: Repeated): string {
  const counts = new Map<string, number>();
  const add = ({ reasons }: Refusal, count: number): void => {
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + count);
  };
  // Most nodes refuse for one reason or another of few: equal neighbours are counted at once.
  let since = 0;
  for (const [at, refusal] of refusals.entries()) {
    if (refusal === refusals[at + 1]) continue;
    add(refusal, at + 1 - since);
    since = at + 1;
  }
  if (more.count > 0) add(more.refusal, more.count);
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
