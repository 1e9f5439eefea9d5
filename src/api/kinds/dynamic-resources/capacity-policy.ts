/** How much of a capacity one request may take of a device that several share: some of a few amounts, or of a range. */
import { duplicate, forbidden, invalid, requiredField, tooMany, type FieldError } from '../../field-error.ts';
import type { CapacityRequestPolicyRange, DeviceCapacity } from '../../groups/resource.v1.ts';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  quantityToNumber,
  type Quantity,
} from '../../quantity.ts';

const maxValues = 10;

/** `shared`: the device takes several allocations. */
export function deviceCapacityErrors(capacity: DeviceCapacity, field: string, shared: boolean): readonly FieldError[] {
  const { value, requestPolicy: policy } = capacity;
  if (policy == null) return [];
  const at = `${field}.requestPolicy`;
  if (!shared) return [forbidden(at, 'allowMultipleAllocations must be true')];
  const { validValues = [], validRange, default: given } = policy;
  if (validValues.length > 0 && validRange != null) {
    const why = 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time';
    return [forbidden(at, why)];
  }
  if (validValues.length === 0 && validRange == null) return [];
  const name = validRange == null ? 'validValues' : 'validRange';
  if (given == null) return [requiredField(`${at}.default`, `required when ${name} is defined`)];
  const bounds = { usual: parseQuantity(given), capacity: parseQuantity(value) };
  return validRange == null
    ? valuesErrors(validValues.map(parseQuantity), bounds, `${at}.validValues`)
    : rangeErrors(validRange, bounds, `${at}.validRange`);
}

interface Bounds {
  /** What a request takes that does not say. */
  readonly usual: Quantity;
  readonly capacity: Quantity;
}

const isAbove = (a: Quantity, b: Quantity): boolean => compareQuantities(a, b) > 0;

function valuesErrors(values: readonly Quantity[], { usual, capacity }: Bounds, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, value] of values.entries()) {
    const before = values[index - 1];
    if (before !== undefined && isAbove(before, value)) {
      errors.push(invalid(`${field}[${index}]`, formatQuantity(value), 'values must be sorted in ascending order'));
    }
  }
  const isKnown = values.some((value) => compareQuantities(value, usual) === 0);
  const unknown = invalid(field, formatQuantity(usual), 'default value is not valid according to the requestPolicy');
  if (values.length > maxValues) return [...errors, tooMany(field, values.length, maxValues), unknown];
  const why = `option is larger than capacity value: ${formatQuantity(capacity)}`;
  for (const [index, value] of values.entries()) {
    if (isAbove(value, capacity)) errors.push(invalid(`${field}[${index}]`, formatQuantity(value), why));
  }
  const wholes = values.map(quantityToNumber);
  for (const [index, whole] of wholes.entries()) {
    if (wholes.indexOf(whole) < index) errors.push(duplicate(`${field}[${index}]`, String(whole)));
  }
  return isKnown ? errors : [...errors, unknown];
}

function rangeErrors(
  range: CapacityRequestPolicyRange,
  { usual, capacity }: Bounds,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (name: string, value: Quantity, why: string, than: Quantity): void => {
    errors.push(invalid(`${field}.${name}`, formatQuantity(value), `${why}: ${formatQuantity(than)}`));
  };
  if (range.min == null) return [requiredField(`${field}.min`, 'required when validRange is defined')];
  const min = parseQuantity(range.min);
  const max = range.max == null ? undefined : parseQuantity(range.max);
  if (isAbove(min, capacity)) refuse('min', min, 'min is larger than capacity value', capacity);
  if (isAbove(min, usual)) refuse('min', usual, 'default is less than min', min);
  if (max !== undefined) {
    if (isAbove(min, max)) refuse('max', min, 'min is larger than max', max);
    if (isAbove(max, capacity)) refuse('max', max, 'max is larger than capacity value', capacity);
    if (isAbove(usual, max)) refuse('max', usual, 'default is more than max', max);
  }
  if (range.step == null) return errors;
  const step = parseQuantity(range.step);
  const first = addQuantities(min, step);
  if (isAbove(first, capacity)) {
    refuse('step', step, `one step ${formatQuantity(first)} is larger than capacity value`, capacity);
  }
  for (const value of max === undefined ? [usual] : [usual, max]) {
    if ((quantityToNumber(value) - quantityToNumber(min)) % quantityToNumber(step) === 0) continue;
    const why = `value is not a multiple of a given step (${formatQuantity(step)}) from (${formatQuantity(min)})`;
    errors.push(invalid(`${field}.step`, formatQuantity(value), why));
  }
  return errors;
}
