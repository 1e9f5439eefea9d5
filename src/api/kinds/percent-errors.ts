/** Numbers that may be a share: `3` or `25%`. */
import { invalid, type FieldError } from '../field-error.ts';

const percentText =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

type CountOrPercent = number | string | null | undefined;

/** A count that is not negative, or a percentage. */
export function countOrPercentErrors(value: CountOrPercent, field: string): readonly FieldError[] {
  if (value == null) return [];
  if (typeof value === 'string') return percentNumber(value) === undefined ? [invalid(field, value, percentText)] : [];
  return value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];
}

export function notAboveHundredPercent(value: CountOrPercent, field: string): readonly FieldError[] {
  const percent = percentNumber(value);
  return percent !== undefined && percent > 100 ? [invalid(field, value, 'must not be greater than 100%')] : [];
}

/** The number of a percentage; undefined for all else. */
function percentNumber(value: CountOrPercent): number | undefined {
  return typeof value === 'string' && /^[0-9]+%$/.test(value) ? Number(value.slice(0, -1)) : undefined;
}

/** The number behind a count or percentage; a text that is neither is none, unless it is a number. */
export function shareOf(value: CountOrPercent): number {
  const percent = percentNumber(value);
  if (percent !== undefined) return percent;
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^[+-]?[0-9]+$/.test(value) ? Number(value) : 0;
}
