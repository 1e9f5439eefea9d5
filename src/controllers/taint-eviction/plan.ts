/** When a pod must leave a node whose taints do not let it stay. */
import type { Node, Pod } from '../../api/groups/core.v1.ts';
import { toleratedUntilMs } from '../taints.ts';

/** 0 = now; undefined = it may stay. */
export function leavesAtMs(pod: Pod, node: Node): number | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return undefined;
  const times = (node.spec.taints ?? [])
    .filter(({ effect }) => effect === 'NoExecute')
    .map((taint) => toleratedUntilMs(pod.spec.tolerations ?? [], taint))
    .filter((atMs) => atMs !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}
