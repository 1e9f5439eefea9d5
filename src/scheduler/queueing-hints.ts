/**
 * Whom does what happened in the cluster help? Plugins name the kinds of change that can help the pods they refused, and
 * may look closer: at the node that came, the pod that left. Any one plugin's yes is enough to try the pod again.
 */
import type { ClusterChange, ClusterEvent, NodeFilter, Plugin } from './framework.ts';
import type { PodInfo } from './pod-info.ts';

export interface QueueingHints {
  /** Whether some pod that these plugins refused may be helped by such a change. */
  mayHelp(change: ClusterChange, refusedBy: ReadonlySet<string>): boolean;
  /** Whether this pod may. */
  helps(event: ClusterEvent, pod: PodInfo, refusedBy: ReadonlySet<string>): boolean;
}

interface Hint {
  readonly changes: ReadonlySet<ClusterChange>;
  readonly helps: ((pod: PodInfo, event: ClusterEvent) => boolean) | undefined;
}

export function queueingHints(plugins: readonly Plugin[]): QueueingHints {
  const hints = new Map(
    plugins.map((plugin): [string, Hint] => [
      plugin.name,
      { changes: new Set(plugin.helpedBy), helps: plugin.helps ?? ofNodeFilterAlone(plugin) },
    ]),
  );
  return {
    mayHelp(change, refusedBy) {
      if (refusedBy.size === 0) return true;
      for (const name of refusedBy) if (hints.get(name)?.changes.has(change) === true) return true;
      return false;
    },
    helps(event, pod, refusedBy) {
      if (refusedBy.size === 0) return true;
      for (const name of refusedBy) {
        const hint = hints.get(name);
        if (hint?.changes.has(event.change) !== true) continue;
        if (hint.helps === undefined || hint.helps(pod, event)) return true;
      }
      return false;
    },
  };
}

/** A node helps that the filter takes now and did not take before. */
export function helpsByNode(
  nodeFilter: (pod: PodInfo) => NodeFilter | undefined,
): (pod: PodInfo, event: ClusterEvent) => boolean {
  return (pod, { node, previousNode }) => {
    const filter = node === undefined ? undefined : nodeFilter(pod);
    if (node === undefined || filter === undefined) return true;
    return filter(node) === undefined && (previousNode === undefined || filter(previousNode) !== undefined);
  };
}

/** A plugin that has no other filter refuses by this one. */
function ofNodeFilterAlone({ nodeFilter, preFilter }: Plugin): Hint['helps'] {
  return nodeFilter === undefined || preFilter !== undefined ? undefined : helpsByNode(nodeFilter);
}
