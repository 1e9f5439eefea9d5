/** Takes only the node that the pod asks for by name. */
import type { Plugin, Refusal } from '../../framework.ts';

const refusal: Refusal = { reasons: ["node(s) didn't match the requested node name"], preemptible: false };

export const nodeName: Plugin = {
  name: 'NodeName',
  helpedBy: ['node added'],
  nodeFilter({ pod }) {
    const wanted = pod.spec.nodeName ?? '';
    return wanted === '' ? undefined : (node) => (node.metadata.name === wanted ? undefined : refusal);
  },
};
