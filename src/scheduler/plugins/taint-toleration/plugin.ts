/** Refuses nodes with taints that the pod does not tolerate, and prefers those with the fewest soft ones. */
import { normalizeToHighest, type Plugin, type Refusal } from '../../framework.ts';
import { tolerates } from './tolerate.ts';

const refusal: Refusal = { reasons: ['node(s) had untolerated taint(s)'], preemptible: false };

export const taintToleration: Plugin = {
  name: 'TaintToleration',
  weight: 3,
  helpedBy: ['node added', 'node taints changed', 'pod changed'],
  nodeFilter({ pod }) {
    const tolerations = pod.spec.tolerations ?? [];
    return (node) => {
      for (const taint of node.spec.taints ?? []) {
        if (taint.effect !== 'PreferNoSchedule' && !tolerates(tolerations, taint)) return refusal;
      }
      return undefined;
    };
  },
  preScore({ pod }, table, rows) {
    if (table.softlyTainted === 0 || rows.every((row) => table.softTaints[row] === 0)) return undefined;
    const soft = (row: number) =>
      (table.node(row)?.spec.taints ?? []).filter((taint) => taint.effect === 'PreferNoSchedule');
    const tolerations = (pod.spec.tolerations ?? []).filter(
      ({ effect = '' }) => effect === '' || effect === 'PreferNoSchedule',
    );
    return {
      score: (row) => soft(row).filter((taint) => !tolerates(tolerations, taint)).length,
      normalize: normalizeToHighest(true),
    };
  },
};
