/** When a pod must leave a node whose taints do not let it stay. */
import type { Node, Pod, Taint } from '../../api/groups/core.v1.ts';
import { tolerationCovers } from '../taints.ts';
import { timeMs } from '../time.ts';

/** 0 = now; undefined = it may stay. */
export function leavesAtMs(pod: Pod, node: Node): number | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return undefined;
  const times = (node.spec.taints ?? [])
    .filter(({ effect }) => effect === 'NoExecute')
    .map((taint) => leavesTaintAtMs(pod, taint))
    .filter((atMs) => atMs !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

function leavesTaintAtMs({ spec }: Pod, taint: Taint): number | undefined {
  const covering = (spec.tolerations ?? []).filter((toleration) => tolerationCovers(toleration, taint));
  if (covering.length === 0) return 0;
  const limits = covering.flatMap(({ tolerationSeconds }) =>
    tolerationSeconds === undefined ? [] : [tolerationSeconds],
  );
  if (limits.length === 0) return undefined;
  const shortest = Math.min(...limits);
  return shortest <= 0 ? 0 : (timeMs(taint.timeAdded) ?? 0) + shortest * 1000;
}
