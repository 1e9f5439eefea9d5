/** What a pod is told that waits for a volume which another node has. Pods of other namespaces are counted, not named. */
import type { PersistentVolume, Pod } from '../../api/groups/core.v1.ts';

export function podText(
  { metadata }: PersistentVolume,
  pod: Pod,
  holders: readonly { readonly pods: readonly Pod[] }[],
): string {
  return `Multi-Attach error for volume "${metadata.name}" ${reason(
    pod,
    holders.flatMap(({ pods }) => pods),
  )}`;
}

function reason(pod: Pod, users: readonly Pod[]): string {
  if (users.length === 0) {
    return "Volume is already exclusively attached to one node and can't be attached to another";
  }
  const near = users.filter(({ metadata }) => metadata.namespace === pod.metadata.namespace);
  const far = users.length - near.length;
  const others = `${far} pod(s) in different namespaces`;
  if (near.length === 0) return `Volume is already used by ${others}`;
  const names = `Volume is already used by pod(s) ${near.map(({ metadata }) => metadata.name).join(', ')}`;
  return far === 0 ? names : `${names} and ${others}`;
}
