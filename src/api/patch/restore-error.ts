/**
 * The words for a value of the wrong type after a strategic merge: Kubernetes then goes from maps to structures without
 * JSON, and complains in another way than its JSON reader.
 */
import { isInt64Literal, NumberLiteral, typeMismatch, type DecodeError, type GoKind } from '../codec/decode-error.ts';

/** What the decode error is called in this place. */
export function restoreErrorText(error: DecodeError): string {
  const { mismatch } = error;
  if (mismatch === undefined) {
    return error.message.startsWith('illegal base64') ? `error decoding from json: ${error.message}` : error.message;
  }
  const { input, type, kind } = mismatch;
  const given = kindOf(input);
  switch (kind) {
    case 'slice':
      // Of bytes: a list is taken, but for what is in it.
      if (given === 'slice') return 'unrecognized type: uint8';
      return `cannot restore slice from ${given}`;
    case 'map':
      return `cannot restore map from ${given}`;
    case 'struct':
      return `cannot restore struct from: ${given}`;
    case 'self':
      return typeMismatch(input, mismatch, []).message;
    default:
      return converts(given, kind) ? `cannot convert ${given} to ${type}` : `unrecognized type: ${kind}`;
  }
}

/** Go could turn the one into the other, and JSON may not. */
const converts = (given: string, kind: GoKind): boolean =>
  (given === 'int64' && kind === 'string') || (given === 'float64' && (kind === 'int32' || kind === 'int64'));

function kindOf(input: unknown): string {
  if (Array.isArray(input)) return 'slice';
  if (input instanceof NumberLiteral) return isInt64Literal(input) ? 'int64' : 'float64';
  switch (typeof input) {
    case 'number':
      return Number.isInteger(input) ? 'int64' : 'float64';
    case 'boolean':
      return 'bool';
    case 'object':
      return 'map';
    default:
      return typeof input;
  }
}
