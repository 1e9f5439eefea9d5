import { invalid, type FieldError } from '../../field-error.ts';
import { nanosOf } from '../pod/resources.ts';

const one = 1_000_000_000n;

/** A capacity that is not negative; the error shows it as a whole number. */
export function amountErrors(text: string, field: string): readonly FieldError[] {
  const nanos = nanosOf(text);
  const whole = nanos / one;
  return whole < 0n ? [invalid(field, Number(whole), 'must be a valid resource quantity')] : [];
}
