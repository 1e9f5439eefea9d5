/** Values as Go prints them with %v, for the messages in which Kubernetes does so: `map[a:1 b:[x y] c:<nil>]`. */
import { isInt64Literal, NumberLiteral } from '../codec/decode-error.ts';
import type { Json } from '../schema.ts';

export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (isInt64Literal(value)) return value.text;
  if (value instanceof NumberLiteral) return goFloat(value.value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : goFloat(value);
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${goText(item)}`).join(' ')}]`;
}

/** Go writes fractions below 0.0001 and numbers from a million on with an exponent, of two digits or more. */
function goFloat(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e6)) return String(value);
  return value.toExponential().replace(/(e[+-])(\d)$/, (_, e: string, digit: string) => `${e}0${digit}`);
}

/** Values as Go writes them as JSON: keys in order, and nothing that HTML could read. */
export function goJson(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, escaped);
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${goJson(key)}:${goJson(item)}`).join(',')}}`;
}

/** JSON as Go passes it on: keys in the order they have, numbers as they were written, nothing that HTML could read. */
export function goDocument(value: Json): string {
  if (value instanceof NumberLiteral) return value.text;
  if (Array.isArray(value)) return `[${value.map(goDocument).join(',')}]`;
  if (value === null || typeof value !== 'object') return goJson(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${goJson(key)}:${goDocument(item)}`)
    .join(',')}}`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Values as Go prints them with %#v: `map[string]interface {}{"a":1, "b":[]interface {}{"x"}}`. */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[string]interface {}{${entries.map(([key, item]) => `${JSON.stringify(key)}:${goSyntax(item)}`).join(', ')}}`;
}
