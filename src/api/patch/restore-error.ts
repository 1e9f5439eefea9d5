/**
 * The words for a value of the wrong type after a strategic merge: Kubernetes then goes from maps to structures without
 * JSON, and complains in another way than its JSON reader.
 */
import { NumberLiteral, type DecodeError } from '../codec/decode-error.ts';

/** What the decode error is called in this place. */
export function restoreErrorText(error: DecodeError): string {
  const { mismatch } = error;
  if (mismatch === undefined) {
    return error.message.startsWith('illegal base64') ? `error decoding from json: ${error.message}` : error.message;
  }
  const { input, type } = mismatch;
  const kind = kindOf(input);
  if (type.startsWith('[]')) return `cannot restore slice from ${kind}`;
  if (type.startsWith('map[') || type === 'v1.ResourceList') return `cannot restore map from ${kind}`;
  if (type.includes('.')) return `cannot restore struct from: ${kind}`;
  const converts =
    (kind === 'int64' && type === 'string') || (kind === 'float64' && /^(?:int32|int64|string)$/.test(type));
  return converts ? `cannot convert ${kind} to ${type}` : `unrecognized type: ${type}`;
}

function kindOf(input: unknown): string {
  if (Array.isArray(input)) return 'slice';
  if (input instanceof NumberLiteral) return 'float64';
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
