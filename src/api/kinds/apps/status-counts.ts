import { invalid, type FieldError } from '../../field-error.ts';
import { nonNegative } from '../number-errors.ts';

/** Counts in a status are never negative. */
export function statusCountErrors<K extends string>(
  status: { readonly [name in K]?: number | null | undefined },
  names: readonly K[],
): FieldError[] {
  return names.flatMap((name) => nonNegative(status[name], `status.${name}`));
}

interface Colliding {
  readonly collisionCount?: number | null | undefined;
}

/** Names once found taken stay taken: the count of them only grows, and does not go away. */
export function collisionErrors(status: Colliding, old: Colliding): readonly FieldError[] {
  const { collisionCount: after } = status;
  const { collisionCount: before } = old;
  if (before == null || (after != null && after >= before)) return [];
  return [invalid('status.collisionCount', after ?? 0, 'cannot be decremented')];
}
