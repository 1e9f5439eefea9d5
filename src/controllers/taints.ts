/** Taints keep pods off a node, or drive them away, unless the pods tolerate them. */
import { timeMs } from './time.ts';
import type { Taint, Toleration } from '../api/groups/core.v1.ts';

export function isTolerated(taint: Taint, tolerations: readonly Toleration[] | undefined): boolean {
  return (tolerations ?? []).some((toleration) => tolerationCovers(toleration, taint));
}

/** An empty key with Exists covers every taint, an empty effect all effects. */
function tolerationCovers({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
  if (key !== undefined && key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  if (operator === 'Gt' || operator === 'Lt') return compare(operator, taint.value, value);
  return (value ?? '') === (taint.value ?? '') && key !== undefined && key !== '';
}

function compare(operator: 'Gt' | 'Lt', actual: string | undefined, limit: string | undefined): boolean {
  const [a, b] = [Number(actual), Number(limit)];
  return operator === 'Gt' ? a > b : a < b;
}

/** 0 = not at all; undefined = for ever. */
export function toleratedUntilMs(tolerations: readonly Toleration[], taint: Taint): number | undefined {
  const covering = tolerations.filter((toleration) => tolerationCovers(toleration, taint));
  if (covering.length === 0) return 0;
  const limits = covering.flatMap(({ tolerationSeconds }) => (tolerationSeconds == null ? [] : [tolerationSeconds]));
  if (limits.length === 0) return undefined;
  const shortest = Math.min(...limits);
  return shortest <= 0 ? 0 : (timeMs(taint.timeAdded) ?? 0) + shortest * 1000;
}
