/** How each scalar is read from JSON: checked, and brought into its canonical form. */
import type { Scalar } from '../schema.ts';
import { canonicalQuantity, quantityFormatText } from '../quantity.ts';
import { canonicalMicroTime, canonicalTime } from '../time.ts';
import { canonicalDuration } from '../duration.ts';
import { canonicalBase64 } from './base64.ts';
import { DecodeError, NumberLiteral, typeMismatch, type PathStep } from './decode-error.ts';

interface Place {
  readonly path: readonly PathStep[];
}

type ScalarDecoder = (input: unknown, place: Place) => unknown;

const maxInt64 = 2 ** 63;

export const decodeScalar: Readonly<Record<Scalar, ScalarDecoder>> = {
  string: text,
  boolean: (input, place) => {
    if (typeof input !== 'boolean') throw typeMismatch(input, 'bool', place.path);
    return input;
  },
  int32: (input, place) => {
    if (typeof input === 'number' && (input | 0) === input) return input;
    throw typeMismatch(input, 'int32', place.path);
  },
  int64: (input, place) => {
    // What was read once may stand beyond the safe integers: as near as a number comes to it.
    if (typeof input === 'number' && Number.isInteger(input) && Math.abs(input) <= maxInt64) return input;
    if (input instanceof NumberLiteral && /^-?\d+$/.test(input.text) && isInt64(input.text)) return input.value;
    throw typeMismatch(input, 'int64', place.path);
  },
  double: (input, place) => {
    if (typeof input === 'number') return input;
    if (input instanceof NumberLiteral && Number.isFinite(input.value)) return input.value;
    throw typeMismatch(input, 'float64', place.path);
  },
  bytes: (input, place) => {
    if (typeof input !== 'string') throw typeMismatch(input, '[]uint8', place.path);
    return rephrase(canonicalBase64, input);
  },
  quantity: (input) => {
    if (typeof input === 'string') return rephrase(canonicalQuantity, input.trim());
    if (typeof input === 'number') return rephrase(canonicalQuantity, String(input));
    if (input instanceof NumberLiteral) return rephrase(canonicalQuantity, input.text);
    throw new DecodeError(quantityFormatText);
  },
  time: (input, place) => rephrase(canonicalTime, text(input, place)) || undefined,
  microTime: (input, place) => rephrase(canonicalMicroTime, text(input, place)) || undefined,
  duration: (input, place) => rephrase(canonicalDuration, text(input, place)),
  intOrString: (input, place) => {
    if (typeof input === 'string') return input;
    return decodeScalar.int32(input, place);
  },
  rawObject: withoutLiterals,
  json: withoutLiterals,
  fieldSet: (input) => input,
};

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
  if (typeof input !== 'string') throw typeMismatch(input, 'string', place.path);
  return input;
}

function isInt64(digits: string): boolean {
  const value = BigInt(digits);
  return value >= -BigInt(maxInt64) && value < BigInt(maxInt64);
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
