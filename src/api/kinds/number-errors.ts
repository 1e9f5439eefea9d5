/** Bounds of numbers that many kinds share. */
import { invalid, type FieldError } from '../field-error.ts';

export function nonNegative(value: number | null | undefined, field: string): readonly FieldError[] {
  return value != null && value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];
}

export function positive(value: number | null | undefined, field: string): readonly FieldError[] {
  return value != null && value <= 0 ? [invalid(field, value, 'must be greater than 0')] : [];
}

export function within(
  value: number | null | undefined,
  low: number,
  high: number,
  field: string,
): readonly FieldError[] {
  return value != null && (value < low || value > high)
    ? [invalid(field, value, `must be between ${low} and ${high}, inclusive`)]
    : [];
}
