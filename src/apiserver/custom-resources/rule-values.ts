/** Values as rules see them: views that the schema tells how to read. What is null may as well not be there. */
import { isJsonObject } from '../../api/codec/json-object.ts';
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { mapView, valueOf } from '../../cel/json-value.ts';
import { keyedList } from '../../cel/list-kinds.ts';
import { readDuration, readTimestamp } from '../../cel/time.ts';
import { durationValue, isMap, keyText, timestampValue, type MapValue, type Value } from '../../cel/value.ts';
import { escapedName, rulePropertiesOf } from './rule-types.ts';

export function ruleValue(schema: JSONSchemaProps, value: Json, isRoot = false): Value {
  if (Array.isArray(value)) return ruleList(schema, value as readonly Json[]);
  if (isJsonObject(value)) return ruleObject(schema, value, isRoot);
  if (typeof value === 'number' && schema.type === 'number') return value;
  return typeof value === 'string' && schema.type === 'string' ? ruleText(schema, value) : valueOf(value);
}

function ruleList(schema: JSONSchemaProps, value: readonly Json[]): readonly Value[] {
  const item = (schema.items as JSONSchemaProps | undefined) ?? {};
  const list = value.map((each) => ruleValue(item, each, item['x-kubernetes-embedded-resource']));
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (schema['x-kubernetes-list-type'] === 'set') return keyedList(list, keyText);
  if (schema['x-kubernetes-list-type'] !== 'map') return list;
  return keyedList(list, (each) => JSON.stringify(keys.map((key) => keyOf(each, escapedName(key) ?? ''))));
}

const keyOf = (item: Value, key: string): string => keyText((isMap(item) ? item.get(key) : undefined) ?? '') ?? '';

function ruleText({ format }: JSONSchemaProps, value: string): Value {
  if (format === 'date-time' || format === 'date') {
    const nanos = readTimestamp(format === 'date' ? `${value}T00:00:00Z` : value);
    return nanos === undefined ? value : timestampValue(nanos);
  }
  if (format === 'duration') {
    const nanos = readDuration(value);
    return nanos === undefined ? value : durationValue(nanos);
  }
  return format === 'byte' ? new Uint8Array(Buffer.from(value, 'base64')) : value;
}

function ruleObject(schema: JSONSchemaProps, value: JsonObject, isRoot: boolean): MapValue {
  const { additionalProperties } = schema;
  if (typeof additionalProperties === 'object' && !isRoot) {
    return mapView(withoutNulls(value), (member) =>
      ruleValue(additionalProperties, member, additionalProperties['x-kubernetes-embedded-resource']),
    );
  }
  const properties = rulePropertiesOf(schema, isRoot);
  const visible: Record<string, Json> = {};
  const names = new Map<string, string>();
  for (const [name, member] of Object.entries(value)) {
    const escaped = Object.hasOwn(properties, name) ? escapedName(name) : undefined;
    if (escaped === undefined || member === null) continue;
    Object.defineProperty(visible, escaped, { value: member, enumerable: true });
    names.set(escaped, name);
  }
  return mapView(visible, (member, escaped) => {
    const declared = properties[names.get(escaped) ?? ''] ?? {};
    return ruleValue(declared, member, declared['x-kubernetes-embedded-resource']);
  });
}

function withoutNulls(value: JsonObject): JsonObject {
  const entries = Object.entries(value);
  return entries.some(([, member]) => member === null)
    ? Object.fromEntries(entries.filter(([, member]) => member !== null))
    : value;
}
