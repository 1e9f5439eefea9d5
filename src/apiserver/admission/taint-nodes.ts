/** TaintNodesByCondition: a new node takes no pods until the node lifecycle controller has seen it ready. */
import type { Node } from '../../api/groups/core.v1.ts';
import { Nodes } from '../../api/resources.ts';
import type { AdmissionPlugin } from './admission.ts';
import { objectOf } from './refusal.ts';

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  about: [Nodes],
  mutate(request) {
    const node = objectOf<Node>(request, Nodes, 'CREATE');
    if (node === undefined) return;
    const taints = node.spec.taints ?? [];
    const there = taints.some(({ key, effect }) => key === notReady.key && effect === notReady.effect);
    if (!there) node.spec.taints = [...taints, { ...notReady }];
  },
};
