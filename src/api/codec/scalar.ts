/** How each scalar is read from JSON: checked, and brought into its canonical form. */
import type { Scalar } from '../schema.ts';
import { canonicalQuantity, quantityFormatText } from '../quantity.ts';
import { canonicalMicroTime, canonicalTime } from '../time.ts';
import { canonicalDuration } from '../duration.ts';
import { canonicalBase64 } from './base64.ts';
import { DecodeError, isInt64Literal, NumberLiteral, typeMismatch, type PathStep } from './decode-error.ts';

interface Place {
  readonly path: readonly PathStep[];
  readonly fromMap: boolean;
}

type ScalarDecoder = (input: unknown, place: Place) => unknown;

const maxInt64 = 2 ** 63;

export const decodeScalar: Readonly<Record<Scalar, ScalarDecoder>> = {
  string: text,
  boolean: (input, place) => {
    if (typeof input !== 'boolean') throw typeMismatch(input, { type: 'bool', kind: 'bool' }, place.path);
    return input;
  },
  int32: (input, place) => {
    if (typeof input === 'number' && (input | 0) === input) return input;
    const whole = place.fromMap ? wholeNumber(input) : undefined;
    if (whole !== undefined) return Number(BigInt.asIntN(32, whole));
    throw typeMismatch(input, { type: 'int32', kind: 'int32' }, place.path);
  },
  int64: (input, place) => {
    // What was read once may stand beyond the safe integers: as near as a number comes to it.
    if (typeof input === 'number' && Number.isInteger(input) && Math.abs(input) <= maxInt64) return input;
    if (isInt64Literal(input)) return input.value;
    const whole = place.fromMap ? wholeNumber(input) : undefined;
    if (whole !== undefined) return Number(whole);
    throw typeMismatch(input, { type: 'int64', kind: 'int64' }, place.path);
  },
  double: (input, place) => {
    if (typeof input === 'number') return input;
    if (input instanceof NumberLiteral && Number.isFinite(input.value)) return input.value;
    throw typeMismatch(input, { type: 'float64', kind: 'float64' }, place.path);
  },
  bytes: (input, place) => {
    if (typeof input !== 'string') throw typeMismatch(input, { type: '[]uint8', kind: 'slice' }, place.path);
    return rephrase(canonicalBase64, input);
  },
  quantity: (input) => {
    if (typeof input === 'string') return rephrase(canonicalQuantity, input.trim());
    if (typeof input === 'number') return rephrase(canonicalQuantity, String(input));
    if (input instanceof NumberLiteral) return rephrase(canonicalQuantity, input.text);
    throw new DecodeError(quantityFormatText);
  },
  time: (input, place) => rephrase(canonicalTime, ownText(input, place)) || undefined,
  microTime: (input, place) => rephrase(canonicalMicroTime, ownText(input, place)) || undefined,
  duration: (input, place) => rephrase(canonicalDuration, ownText(input, place)),
  intOrString: (input, place) => {
    if (typeof input === 'string' || (typeof input === 'number' && (input | 0) === input)) return input;
    throw typeMismatch(input, { type: 'int32', kind: 'self' }, place.path);
  },
  rawObject: withoutLiterals,
  json: withoutLiterals,
  fieldSet: (input) => input,
};

/** A string whose type has a name of its own. */
export function namedText(goName: string): ScalarDecoder {
  return (input, place) => {
    if (typeof input === 'string') return input;
    throw typeMismatch(input, { type: goName, kind: 'string' }, place.path);
  };
}

/** What stands in the place of a scalar that must be written and that nobody gave. */
export function zeroScalar(scalar: Scalar): unknown {
  switch (scalar) {
    case 'string':
      return '';
    case 'boolean':
      return false;
    case 'int32':
    case 'int64':
    case 'double':
    case 'intOrString':
      return 0;
    case 'quantity':
      return '0';
    case 'duration':
      return '0s';
    default:
      return null;
  }
}

function text(input: unknown, place: Place): string {
  if (typeof input !== 'string') throw typeMismatch(input, { type: 'string', kind: 'string' }, place.path);
  return input;
}

/** The text of a type that reads its own JSON. */
function ownText(input: unknown, place: Place): string {
  if (typeof input !== 'string') throw typeMismatch(input, { type: 'string', kind: 'self' }, place.path);
  return input;
}

/** A number without a fraction, however it was written; undefined: it is none, or no integer is as large. */
function wholeNumber(input: unknown): bigint | undefined {
  if (isInt64Literal(input)) return BigInt(input.text);
  const value = input instanceof NumberLiteral ? input.value : input;
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < maxInt64 ? BigInt(value) : undefined;
}

/** Errors of a canonical form are errors of the whole body. */
function rephrase(canonical: (text: string) => string, input: string): string {
  try {
    return canonical(input);
  } catch (error) {
    throw new DecodeError(error instanceof Error ? error.message : String(error));
  }
}

/** The same JSON with plain numbers. */
export function withoutLiterals(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  if (input instanceof NumberLiteral) return input.value;
  if (Array.isArray(input)) {
    const items = input.map(withoutLiterals);
    return items.every((item, i) => item === input[i]) ? input : items;
  }
  let changed = false;
  const entries = Object.entries(input).map(([key, value]): [string, unknown] => {
    const plain = withoutLiterals(value);
    if (plain !== value) changed = true;
    return [key, plain];
  });
  return changed ? Object.fromEntries(entries) : input;
}
