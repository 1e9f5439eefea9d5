/** Amounts of resources. https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-quantity-library */
import {
  addQuantities,
  compareQuantities,
  parseQuantity,
  quantityFromNumber,
  QuantityError,
  type Quantity,
} from '../../api/quantity.ts';
import { global, method, type Overload } from '../function.ts';
import { maxInt, minInt } from '../literal.ts';
import { objectType } from '../type.ts';
import { fail, type ExtensionValue } from '../value.ts';

export const quantityType = objectType('kubernetes.Quantity');
const name = 'kubernetes.Quantity';

function quantityValue(quantity: Quantity): ExtensionValue {
  const equals = (other: unknown): boolean => compareQuantities(quantity, other as Quantity) === 0;
  return { kind: 'extension', type: quantityType, data: quantity, equals };
}

/** The quantity, or why the text is none. */
function read(text: string): Quantity | string {
  try {
    return parseQuantity(text);
  } catch (error) {
    if (error instanceof QuantityError) return error.message;
    throw error;
  }
}

export function quantityOf(text: string): ExtensionValue {
  const found = read(text);
  return typeof found === 'string' ? fail(found) : quantityValue(found);
}

const nanosPerUnit = 1_000_000_000n;
const amount = ({ data }: ExtensionValue): Quantity => data as Quantity;
const negative = ({ nanos, notation }: Quantity): Quantity => ({ nanos: -nanos, notation });
const order = (a: ExtensionValue, b: ExtensionValue): number => compareQuantities(amount(a), amount(b));
const plus = (a: ExtensionValue, b: Quantity): ExtensionValue => quantityValue(addQuantities(amount(a), b));
const whole = (value: bigint): Quantity => quantityFromNumber(value, 'decimalExponent');

function wholeUnits({ nanos }: Quantity): bigint | undefined {
  const units = nanos / nanosPerUnit;
  return units * nanosPerUnit === nanos && units >= minInt && units <= maxInt ? units : undefined;
}

export const quantities: readonly Overload[] = [
  global('string_to_quantity', 'quantity', 'string', name, quantityOf),
  global('is_quantity_string', 'isQuantity', 'string', 'bool', (text: string) => typeof read(text) !== 'string'),
  global('quantity_sign', 'sign', name, 'int', (value: ExtensionValue) =>
    BigInt(compareQuantities(amount(value), { nanos: 0n, notation: 'decimalSI' })),
  ),
  method(
    'quantity_is_greater_than',
    'isGreaterThan',
    `${name}, ${name}`,
    'bool',
    (a: ExtensionValue, b: ExtensionValue) => order(a, b) > 0,
  ),
  method(
    'quantity_is_less_than',
    'isLessThan',
    `${name}, ${name}`,
    'bool',
    (a: ExtensionValue, b: ExtensionValue) => order(a, b) < 0,
  ),
  method('quantity_compare_to', 'compareTo', `${name}, ${name}`, 'int', (a: ExtensionValue, b: ExtensionValue) =>
    BigInt(order(a, b)),
  ),
  method(
    'quantity_get_float',
    'asApproximateFloat',
    name,
    'double',
    (value: ExtensionValue) => Number(amount(value).nanos) / Number(nanosPerUnit),
  ),
  method(
    'quantity_get_int',
    'asInteger',
    name,
    'int',
    (value: ExtensionValue) => wholeUnits(amount(value)) ?? fail('cannot convert value to integer'),
  ),
  method(
    'quantity_is_integer',
    'isInteger',
    name,
    'bool',
    (value: ExtensionValue) => wholeUnits(amount(value)) !== undefined,
  ),
  method('quantity_add', 'add', `${name}, ${name}`, name, (a: ExtensionValue, b: ExtensionValue) => plus(a, amount(b))),
  method('quantity_add_int', 'add', `${name}, int`, name, (a: ExtensionValue, b: bigint) => plus(a, whole(b))),
  method('quantity_sub', 'sub', `${name}, ${name}`, name, (a: ExtensionValue, b: ExtensionValue) =>
    plus(a, negative(amount(b))),
  ),
  method('quantity_sub_int', 'sub', `${name}, int`, name, (a: ExtensionValue, b: bigint) =>
    plus(a, negative(whole(b))),
  ),
];
