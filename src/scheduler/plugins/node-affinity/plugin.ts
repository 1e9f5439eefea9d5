/** Node selector and node affinity: where the pod must go, and where it had rather go. */
import type { NodeAffinity } from '../../../api/groups/core.v1.ts';
import { normalizeToHighest, type NodeFilter, type Plugin, type Refusal } from '../../framework.ts';
import type { PodInfo } from '../../pod-info.ts';
import { helpsByNode } from '../../queueing-hints.ts';
import { hasNodeLabels, matchesAnyTerm, matchesTerm, namesPinnedBy } from './node-selector.ts';

export interface NodeAffinityArgs {
  /** Holds for every pod of the profile, on top of its own. */
  readonly addedAffinity?: NodeAffinity | undefined;
}

const refusal: Refusal = { reasons: ["node(s) didn't match Pod's node affinity/selector"], preemptible: false };
const enforced: Refusal = {
  reasons: ["node(s) didn't match scheduler-enforced node affinity"],
  preemptible: false,
};

export function nodeAffinityWith({ addedAffinity }: NodeAffinityArgs): Plugin {
  const addedTerms = addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const addedWishes = addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const nodeFilter = ({ pod }: PodInfo): NodeFilter | undefined => {
    const labels = pod.spec.nodeSelector ?? {};
    const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    if (addedTerms === undefined && Object.keys(labels).length === 0 && required === undefined) return undefined;
    return (node) => {
      if (addedTerms !== undefined && !matchesAnyTerm(node, addedTerms)) return enforced;
      const suits = required === undefined || matchesAnyTerm(node, required.nodeSelectorTerms);
      return suits && hasNodeLabels(node, labels) ? undefined : refusal;
    };
  };
  return {
    name: 'NodeAffinity',
    weight: 2,
    helpedBy: ['node added', 'node labels changed', 'pod changed'],
    helps: helpsByNode(nodeFilter),
    nodeFilter,
    preFilter({ pod }) {
      const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
      const names = terms === undefined || terms.length === 0 ? undefined : namesPinnedBy(terms);
      if (names === undefined) return { type: 'skip' };
      if (names.size === 0) return { type: 'refuse', message: 'pod affinity terms conflict' };
      return { type: 'nodes', names };
    },
    preScore({ pod }, table) {
      const own = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
      const preferred = addedWishes.length === 0 ? own : [...addedWishes, ...own];
      if (preferred.length === 0) return undefined;
      return {
        score(row) {
          const node = table.node(row);
          if (node === undefined) return 0;
          let sum = 0;
          for (const { weight, preference } of preferred) if (matchesTerm(node, preference)) sum += weight;
          return sum;
        },
        normalize: normalizeToHighest(false),
      };
    },
  };
}

export const nodeAffinity = nodeAffinityWith({});
