/** Refuses cordoned nodes, unless the pod tolerates the taint that stands for being cordoned. */
import type { Plugin, Refusal } from '../../framework.ts';
import { tolerates } from '../taint-toleration/tolerate.ts';

const refusal: Refusal = { reasons: ['node(s) were unschedulable'], preemptible: false };
const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  helpedBy: ['node added', 'node taints changed'],
  nodeFilter({ pod }) {
    if (tolerates(pod.spec.tolerations ?? [], taint)) return undefined;
    return (node) => (node.spec.unschedulable === true ? refusal : undefined);
  },
};
