/** The fields that a value holds: its leaves, its list items, its entries in maps with free keys, and what is empty. */
import type { AnyType, Json, JsonObject } from '../schema.ts';
import { insertPath, setBuilder, type FieldSet, type SetBuilder } from './field-set.ts';
import { fieldElement, fieldNameOf, itemElement } from './path-element.ts';
import { shapeOf, shapeOfEntry, type Shape } from './shape.ts';

export function toFieldSet(type: AnyType, value: Json): FieldSet {
  const builder = setBuilder();
  collect(shapeOf(type, value), value, [], builder);
  return builder;
}

function collect(shape: Shape, value: Json, path: string[], into: SetBuilder): void {
  if (shape.kind === 'list' && shape.relation !== 'atomic') {
    if (!Array.isArray(value)) return;
    for (const item of value as readonly Json[]) {
      path.push(itemElement(shape, item));
      collect(shapeOf(shape.of, item), item, path, into);
      insertPath(into, path);
      path.pop();
    }
  } else if (shape.kind === 'map' && !shape.atomic) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [name, entry] of Object.entries(value as JsonObject)) {
      const below = shapeOfEntry(shape, name, entry);
      if (below === undefined) continue;
      path.push(fieldElement(name));
      collect(below, entry, path, into);
      if (shape.fields === undefined || entry === null || isEmptyMap(entry)) insertPath(into, path);
      path.pop();
    }
  } else insertPath(into, path);
}

export function isEmptyMap(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

/** The set with every declared field on the way to a member as a member, too; entries of free maps stay as they are. */
export function withNamedFields(type: AnyType, set: FieldSet): FieldSet {
  return nameFields(shapeOf(type, undefined), set);
}

function nameFields(shape: Shape, set: FieldSet): FieldSet {
  if (set.children.size === 0) return set;
  const children = new Map<string, FieldSet>();
  for (const [element, child] of set.children) {
    const name = fieldNameOf(element);
    const below = shapeBelow(shape, name);
    const named = below === undefined ? child : nameFields(below, child);
    const isField = name !== undefined && shape.kind === 'map' && shape.fields !== undefined && below !== undefined;
    children.set(element, { member: named.member || isField, children: named.children });
  }
  return { member: set.member, children };
}

function shapeBelow(shape: Shape, name: string | undefined): Shape | undefined {
  if (name !== undefined) return shape.kind === 'map' ? shapeOfEntry(shape, name, {}) : undefined;
  return shape.kind === 'list' ? shapeOf(shape.of, {}) : undefined;
}

/** The set after the type changed: what is one value now is owned as one. */
export function reconcileSet(type: AnyType, set: FieldSet): FieldSet {
  return reconcile(shapeOf(type, undefined), set);
}

function reconcile(shape: Shape, set: FieldSet): FieldSet {
  if (set.children.size === 0) return set;
  const whole = shape.kind === 'opaque' || (shape.kind === 'list' ? shape.relation === 'atomic' : isAtomicMap(shape));
  if (whole) return { member: true, children: new Map() };
  let changed = false;
  const children = new Map<string, FieldSet>();
  for (const [element, child] of set.children) {
    const below = shapeBelow(shape, fieldNameOf(element));
    const next = below === undefined ? child : reconcile(below, child);
    if (next !== child) changed = true;
    children.set(element, next);
  }
  return changed ? { member: set.member, children } : set;
}

const isAtomicMap = (shape: Shape): boolean => shape.kind === 'map' && shape.atomic;
