/**
 * Amounts of resources: a decimal number with a suffix, such as 100m, 1.5Gi or 2e3.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity
 *
 * A quantity is a whole number of billionths (the finest the API knows, amounts below are rounded away from zero) and the
 * notation in which it is written back. Writing is canonical: no fraction, the largest suffix that loses nothing.
 * A text that is canonical enough is kept as it came, as the original does.
 */

export type Notation = 'decimalSI' | 'binarySI' | 'decimalExponent';

export interface Quantity {
  /** In billionths. */
  readonly nanos: bigint;
  readonly notation: Notation;
  /** The text it was read from, where that is how it is written back. */
  readonly text?: string;
}

export const quantityFormatText =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

export class QuantityError extends Error {
  override readonly name = 'QuantityError';
}

const decimalSuffixes: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binarySuffixes: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const decimalNames = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binaryNames = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

const nanosPerUnit = 1_000_000_000n;
const maxBinaryNanos = (2n ** 63n - 1n) * nanosPerUnit;
const maxExponent = 400;
const maxDigits = 1000;

const known = new Map<string, Quantity>();
const maxKnown = 4096;
const maxKnownLength = 32;

/** Reads a quantity; throws a QuantityError. Remembers what it was asked, for amounts repeat. */
export function parseQuantity(text: string): Quantity {
  let quantity = known.get(text);
  if (quantity === undefined) {
    quantity = readQuantity(text);
    if (known.size >= maxKnown) known.clear();
    if (text.length <= maxKnownLength) known.set(text, quantity);
  }
  return quantity;
}

function readQuantity(text: string): Quantity {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/.exec(text);
  if (match === null || text === '' || text.length > maxDigits) throw new QuantityError(quantityFormatText);
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  const { notation, base, exponent } = readSuffix(suffix);
  if (text === '0') return { nanos: 0n, notation: 'decimalSI', text };
  const digits = BigInt(`${whole}${fraction}` || '0');
  const unit = base === 10 ? nanosPerUnit * 10n ** BigInt(Math.max(exponent, 0)) : nanosPerUnit << BigInt(exponent);
  const divisor = 10n ** BigInt(fraction.length + (base === 10 ? Math.max(-exponent, 0) : 0));
  let nanos = divideUp(digits * unit, divisor);
  if (notation === 'binarySI' && nanos > maxBinaryNanos) nanos = maxBinaryNanos;
  const signed = sign === '-' ? -nanos : nanos;
  const kept = keepsText(whole, fraction, notation, exponent);
  if (kept) return { nanos: signed, notation, text };
  const tiny = notation === 'binarySI' && nanos < nanosPerUnit && nanos > 0n;
  return { nanos: signed, notation: tiny ? 'decimalSI' : notation };
}

function readSuffix(suffix: string): { notation: Notation; base: 2 | 10; exponent: number } {
  if (Object.hasOwn(decimalSuffixes, suffix)) {
    return { notation: 'decimalSI', base: 10, exponent: decimalSuffixes[suffix] ?? 0 };
  }
  if (Object.hasOwn(binarySuffixes, suffix)) {
    return { notation: 'binarySI', base: 2, exponent: binarySuffixes[suffix] ?? 0 };
  }
  const exponent = /^[eE]([+-]?\d+)$/.exec(suffix)?.[1];
  if (exponent === undefined) {
    throw new QuantityError(
      /^[eEinumkKMGTP]+[-+]?\d*$|^[-+]?\d*$/.test(suffix) ? "unable to parse quantity's suffix" : quantityFormatText,
    );
  }
  if (Math.abs(Number(exponent)) > maxExponent) throw new QuantityError("unable to parse quantity's suffix");
  return { notation: 'decimalExponent', base: 10, exponent: Number(exponent) };
}

/** The text is canonical enough to be written back as it came. */
function keepsText(whole: string, fraction: string, notation: Notation, exponent: number): boolean {
  const digits = whole.replace(/^0+/, '');
  const shifted = (digits || '0') + fraction;
  if (notation === 'binarySI') {
    if (fraction !== '' || 15 - shifted.length - Math.trunc((exponent * 3) / 10) - 1 < 0) return false;
    return exponent % 10 === 0 && (Number(shifted) & 7) !== 0;
  }
  const scale = exponent - fraction.length;
  if (18 - (digits.length || 1) - fraction.length < 0 || scale < -9) return false;
  return scale % 3 === 0 && !shifted.endsWith('000') && shifted[0] !== '0';
}

function divideUp(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return quotient * by === value ? quotient : quotient + (value < 0n ? -1n : 1n);
}

/** The text as the API answers it. */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.text !== undefined) return quantity.text;
  const { nanos, notation } = quantity;
  if (nanos === 0n) return '0';
  const small = nanos > -1024n * nanosPerUnit && nanos < 1024n * nanosPerUnit;
  return notation === 'binarySI' && !small ? formatBinary(nanos) : formatDecimal(nanos, notation);
}

function formatBinary(nanos: bigint): string {
  let units = divideUp(nanos, nanosPerUnit);
  let step = 0;
  while (step < binaryNames.length - 1 && units % 1024n === 0n) {
    units /= 1024n;
    step++;
  }
  return `${units}${binaryNames[step]}`;
}

function formatDecimal(nanos: bigint, notation: Notation): string {
  let mantissa = nanos;
  let exponent = -9;
  const maxExponentShown = notation === 'decimalExponent' ? Infinity : 18;
  while (mantissa % 1000n === 0n && exponent < maxExponentShown) {
    mantissa /= 1000n;
    exponent += 3;
  }
  if (notation === 'decimalExponent') return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`;
  return `${mantissa}${decimalNames[exponent / 3 + 3]}`;
}

/** As the API answers what came as this text; throws a QuantityError. */
export const canonicalQuantity = (text: string): string => formatQuantity(parseQuantity(text));

/** Below, equal or above: -1, 0, 1. */
export function compareQuantities(a: Quantity, b: Quantity): -1 | 0 | 1 {
  if (a.nanos === b.nanos) return 0;
  return a.nanos < b.nanos ? -1 : 1;
}

/** The sum is written as the first, unless that is zero. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos + b.nanos, notation: a.nanos === 0n ? b.notation : a.notation };
}

export function multiplyQuantity(quantity: Quantity, by: number | bigint): Quantity {
  return { nanos: quantity.nanos * BigInt(by), notation: quantity.notation };
}

/** Whole units, rounded away from zero. */
export function quantityToNumber(quantity: Quantity): number {
  return Number(divideUp(quantity.nanos, nanosPerUnit));
}

/** Thousandths, rounded away from zero. */
export function quantityToMilli(quantity: Quantity): number {
  return Number(divideUp(quantity.nanos, 1_000_000n));
}

export function quantityFromNumber(value: number | bigint, notation: Notation = 'decimalSI'): Quantity {
  return { nanos: BigInt(value) * nanosPerUnit, notation };
}
