/** Lists that are sets hold no value twice; lists that are maps no two items with the same keys. */
import { plainIdentity } from '../../api/equality.ts';
import { duplicate, type FieldError } from '../../api/field-error.ts';
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import { repeats } from '../../api/repeats.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { isJsonObject } from '../../api/codec/json-object.ts';

export function duplicateItemErrors(schema: JSONSchemaProps, value: Json, path = ''): readonly FieldError[] {
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    const item = schema.items as JSONSchemaProps | undefined;
    return [
      ...duplicateErrors(schema, items, path),
      ...(item === undefined ? [] : items.flatMap((each, i) => duplicateItemErrors(item, each, `${path}[${i}]`))),
    ];
  }
  if (!isJsonObject(value)) return [];
  const { properties = {}, additionalProperties } = schema;
  return Object.entries(value).flatMap(([name, member]) => {
    const declared = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const type = declared ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (type === undefined) return [];
    if (declared === undefined) return duplicateItemErrors(type, member, `${path}[${name}]`);
    return duplicateItemErrors(type, member, path === '' ? name : `${path}.${name}`);
  });
}

function duplicateErrors(schema: JSONSchemaProps, items: readonly Json[], path: string): readonly FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (listType !== 'set' && listType !== 'map') return [];
  const identities = items.map((item) => (listType === 'set' ? item : keysOf(item, keys)));
  const again = repeats(identities.map(plainIdentity));
  return [...again].map((index) => duplicate(`${path}[${index}]`, identities[index]));
}

function keysOf(item: Json, keys: readonly string[]): JsonObject {
  const given = keys.toSorted().filter((key) => isJsonObject(item) && Object.hasOwn(item, key));
  return Object.fromEntries(given.map((key) => [key, (item as JsonObject)[key] as Json]));
}
