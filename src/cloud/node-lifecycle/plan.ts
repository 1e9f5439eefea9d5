/**
 * What becomes of a node that is not ready, by what the cloud says of its machine: gone → the node object goes, so that its
 * pods are made anew elsewhere; switched off → a taint, so that nothing new comes and volumes may be taken elsewhere.
 */
import type { Node, Taint } from '../../api/groups/core.v1.ts';
import type { Instance } from '../provider.ts';

const shutdownTaint: Taint = { key: 'node.cloudprovider.kubernetes.io/shutdown', effect: 'NoSchedule' };

export type NodeFate =
  | { readonly type: 'nothing' }
  | { readonly type: 'remove' }
  | { readonly type: 'taint'; readonly taints: readonly Taint[] };

export function isNodeReady({ status }: Node): boolean {
  return status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
}

/** A machine of the cloud has run this node: only then does its absence mean anything. */
export function isCloudNode({ spec }: Node): boolean {
  return (spec.providerID ?? '') !== '';
}

export function hasShutdownTaint({ spec }: Node): boolean {
  return (spec.taints ?? []).some(isShutdownTaint);
}

/** `instance`: 'unasked' for a node that is ready. */
export function planFate(node: Node, instance: Instance | undefined | 'unasked'): NodeFate {
  if (instance === undefined) return { type: 'remove' };
  const isShutdown = instance !== 'unasked' && instance.isShutdown;
  if (isShutdown === hasShutdownTaint(node)) return { type: 'nothing' };
  const others = (node.spec.taints ?? []).filter((taint) => !isShutdownTaint(taint));
  return { type: 'taint', taints: isShutdown ? [...others, shutdownTaint] : others };
}

function isShutdownTaint({ key, effect }: Taint): boolean {
  return key === shutdownTaint.key && effect === shutdownTaint.effect;
}
