/** What is wrong with a JSON text inside of an object, in the words of Go's encoding/json: they are part of what clients see. */
import { describeSyntaxError } from '../../codec/json-syntax.ts';

/** undefined: the text is valid JSON. */
export function goJsonError(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return describeSyntaxError(text);
  }
}

/** Why Go does not read a parsed value into `target`, such as `value of type string`. */
export function goMismatch(value: unknown, target: string): string {
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${kind} into Go ${target}`;
}
