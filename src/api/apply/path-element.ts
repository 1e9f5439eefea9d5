/** Path elements: how fields and list items are named in managedFields, and how they are shown to people. */
import type { Json, JsonObject } from '../schema.ts';
import type { ListShape } from './shape.ts';

export const fieldElement = (name: string): string => `f:${name}`;

/** The name of a field, undefined for list items. */
export const fieldNameOf = (element: string): string | undefined =>
  element.startsWith('f:') ? element.slice(2) : undefined;

/** How an item of a set or map list is identified; keys that are missing count with their default, or not at all. */
export function itemElement(shape: ListShape, item: Json | undefined): string {
  if (shape.relation === 'set') return `v:${canonicalJson(item ?? null)}`;
  const fields = typeof item === 'object' && item !== null && !Array.isArray(item) ? (item as JsonObject) : {};
  const parts = shape.keys.flatMap((key) => {
    const value = (Object.hasOwn(fields, key) ? fields[key] : undefined) ?? shape.keyDefaults[key];
    return value === undefined ? [] : [`${JSON.stringify(key)}:${canonicalJson(value)}`];
  });
  return `k:{${parts.join(',')}}`;
}

/** JSON with sorted keys. */
function canonicalJson(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = value as JsonObject;
  const parts = Object.keys(fields)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(fields[key] ?? null)}`);
  return `{${parts.join(',')}}`;
}

/** Such as `.spec.containers[name="c"].image`. */
export const printFieldPath = (path: readonly string[]): string => path.map(printElement).join('');

export function printElement(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  if (element.startsWith('i:')) return `[${rest}]`;
  const keys = JSON.parse(rest) as JsonObject;
  const parts = Object.entries(keys).map(([key, value]) => `${key}=${canonicalJson(value)}`);
  return `[${parts.join(',')}]`;
}
