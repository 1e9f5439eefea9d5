/** Whether tolerations cover a taint: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
import type { Taint, Toleration } from '../../../api/groups/core.v1.ts';

export function tolerates(tolerations: readonly Toleration[], taint: Taint): boolean {
  return tolerations.some((toleration) => covers(toleration, taint));
}

function covers({ key = '', operator = '', value = '', effect = '' }: Toleration, taint: Taint): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return (operator === '' || operator === 'Equal') && key === taint.key && value === (taint.value ?? '');
}
