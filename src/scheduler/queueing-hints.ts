/**
 * Whom does what happened in the cluster help? Plugins name the kinds of change that can help the pods they refused, and
 * may look closer: at the node that came, the pod that left. Any one plugin's yes is enough to try the pod again.
 */
import type { ClusterChange, ClusterEvent, Plugin } from './framework.ts';
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
    plugins.map(({ name, helpedBy, helps }): [string, Hint] => [name, { changes: new Set(helpedBy), helps }]),
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
