/** A value without some of its fields; what has no other field left becomes null. */
import { setOwn } from '../codec/json-object.ts';
import type { AnyType, Json, JsonObject } from '../schema.ts';
import type { FieldSet } from './field-set.ts';
import { fieldElement, itemElement } from './path-element.ts';
import { shapeOf, shapeOfEntry, type Shape } from './shape.ts';

export function removeItems(type: AnyType, value: JsonObject, fields: FieldSet): JsonObject {
  return remove(shapeOf(type, value), value, fields) as JsonObject;
}

function remove(shape: Shape, value: Json, fields: FieldSet): Json {
  if (shape.kind === 'list' && Array.isArray(value)) {
    if (shape.relation === 'atomic') return value;
    const kept: Json[] = [];
    for (const item of value as readonly Json[]) {
      const below = fields.children.get(itemElement(shape, item));
      if (below?.member === true) continue;
      kept.push(below === undefined ? item : remove(shapeOf(shape.of, item), item, below));
    }
    return kept.length > 0 ? kept : null;
  }
  if (shape.kind === 'map' && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    if (shape.atomic) return value;
    const kept: Record<string, Json> = {};
    for (const [name, entry] of Object.entries(value as JsonObject)) {
      const below = fields.children.get(fieldElement(name));
      if (below?.member === true) continue;
      const inner = below === undefined ? undefined : shapeOfEntry(shape, name, entry);
      setOwn(kept, name, below === undefined || inner === undefined ? entry : remove(inner, entry, below));
    }
    return Object.keys(kept).length > 0 ? kept : null;
  }
  return value;
}
