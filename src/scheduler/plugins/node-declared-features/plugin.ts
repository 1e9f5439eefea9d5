/**
 * Refuses nodes that do not declare a feature which the pod needs of them (status.declaredFeatures), so that pods with new
 * fields do not come to older nodes. https://kep.k8s.io/5328
 */
import type { Plugin, Refusal } from '../../framework.ts';
import { neededFeatures } from './needed-features.ts';

const refusal: Refusal = { reasons: ["node(s) didn't match Pod's required features"], preemptible: false };

export const nodeDeclaredFeatures: Plugin = {
  name: 'NodeDeclaredFeatures',
  helpedBy: ['node added', 'node features changed', 'pod changed'],
  nodeFilter({ pod }) {
    const needed = neededFeatures(pod);
    if (needed.length === 0) return undefined;
    return ({ status }) => (needed.every((name) => status.declaredFeatures?.includes(name)) ? undefined : refusal);
  },
};
