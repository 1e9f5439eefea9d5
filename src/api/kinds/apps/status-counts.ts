import type { FieldError } from '../../field-error.ts';
import { nonNegative } from '../number-errors.ts';

/** Counts in a status are never negative. */
export function statusCountErrors<K extends string>(
  status: { readonly [name in K]?: number | undefined },
  names: readonly K[],
): FieldError[] {
  return names.flatMap((name) => nonNegative(status[name], `status.${name}`));
}
