/**
 * API objects as values of expressions: views that convert what is read, when it is read. Without a declaration numbers
 * without a fraction are ints, and all texts strings.
 */
import { isJsonObject } from '../api/codec/json-object.ts';
import type { Json, JsonObject } from '../api/schema.ts';
import type { MapValue, Value } from './value.ts';

export function valueOf(json: Json): Value {
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : json;
  if (typeof json !== 'object' || json === null) return json;
  return isJsonObject(json) ? mapView(json, valueOf) : json.map(valueOf);
}

/** Keys are names; values are what `read` makes of the members. */
export function mapView(json: JsonObject, read: (member: Json, name: string) => Value): MapValue {
  let names: readonly string[] | undefined;
  const keys = (): readonly string[] => (names ??= Object.keys(json));
  return {
    kind: 'map',
    get: (key) => (typeof key === 'string' && Object.hasOwn(json, key) ? read(json[key] as Json, key) : undefined),
    keys,
    get size() {
      return keys().length;
    },
  };
}
