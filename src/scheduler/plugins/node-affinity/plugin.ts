/** Node selector and node affinity: where the pod must go, and where it had rather go. */
import { normalizeToHighest, type Plugin, type Refusal } from '../../framework.ts';
import { hasNodeLabels, matchesAnyTerm, matchesTerm, namesPinnedBy } from './node-selector.ts';

const refusal: Refusal = { reasons: ["node(s) didn't match Pod's node affinity/selector"], preemptible: false };

export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  weight: 2,
  helpedBy: ['node added', 'node labels changed', 'pod changed'],
  nodeFilter({ pod }) {
    const labels = pod.spec.nodeSelector ?? {};
    const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    if (Object.keys(labels).length === 0 && required === undefined) return undefined;
    return (node) =>
      hasNodeLabels(node, labels) && (required === undefined || matchesAnyTerm(node, required.nodeSelectorTerms))
        ? undefined
        : refusal;
  },
  preFilter({ pod }) {
    const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    const names = terms === undefined || terms.length === 0 ? undefined : namesPinnedBy(terms);
    if (names === undefined) return { type: 'skip' };
    if (names.size === 0) return { type: 'refuse', message: 'pod affinity terms conflict' };
    return { type: 'nodes', names };
  },
  preScore({ pod }, table) {
    const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
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
