/** What differs between two values of a type, as sets of fields. */
import { isDeepStrictEqual } from 'node:util';
import type { AnyType, Json, JsonObject } from '../schema.ts';
import { insertPath, recursiveDifference, setBuilder, type FieldSet, type SetBuilder } from './field-set.ts';
import { fieldElement, itemElement } from './path-element.ts';
import { shapeOf, shapeOfEntry, type ListShape, type MapShape, type Shape } from './shape.ts';
import { isEmptyMap } from './to-field-set.ts';

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

export function compareValues(type: AnyType, before: Json, after: Json): Comparison {
  const found: Found = { added: setBuilder(), modified: setBuilder(), removed: setBuilder(), path: [] };
  compare(shapeOf(type, after), before, after, found);
  return { added: found.added, modified: found.modified, removed: found.removed };
}

/** The comparison without some fields and what is below them. */
export function excludeFields(comparison: Comparison, excluded: FieldSet): Comparison {
  return {
    added: recursiveDifference(comparison.added, excluded),
    modified: recursiveDifference(comparison.modified, excluded),
    removed: recursiveDifference(comparison.removed, excluded),
  };
}

interface Found {
  readonly added: SetBuilder;
  readonly modified: SetBuilder;
  readonly removed: SetBuilder;
  readonly path: string[];
}

/** Undefined: absent. What has parts is compared part by part, unless it is empty on both sides. */
function compare(shape: Shape, before: Json | undefined, after: Json | undefined, found: Found): void {
  if (before === after) return;
  const parted =
    (shape.kind === 'list' && shape.relation !== 'atomic' && !(hasNoItems(before) && hasNoItems(after))) ||
    (shape.kind === 'map' && !shape.atomic && !(hasNoEntries(before) && hasNoEntries(after)));
  if (!parted) {
    compareLeaf(before, after, found);
    return;
  }
  if (shape.kind === 'list') compareItems(shape, before, after, found);
  else if (shape.kind === 'map') compareEntries(shape, before, after, found);
  if (before === undefined) insertPath(found.added, found.path);
  else if (after === undefined) insertPath(found.removed, found.path);
}

const hasNoItems = (value: Json | undefined): boolean => !Array.isArray(value) || value.length === 0;
const hasNoEntries = (value: Json | undefined): boolean => !isMap(value) || isEmptyMap(value);

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compareLeaf(before: Json | undefined, after: Json | undefined, found: Found): void {
  if (before === undefined) insertPath(found.added, found.path);
  else if (after === undefined) insertPath(found.removed, found.path);
  else if (!isDeepStrictEqual(before, after)) insertPath(found.modified, found.path);
}

function compareEntries(shape: MapShape, before: Json | undefined, after: Json | undefined, found: Found): void {
  const [left, right] = [isMap(before) ? before : {}, isMap(after) ? after : {}];
  const visit = (name: string): void => {
    const [a, b] = [
      Object.hasOwn(left, name) ? left[name] : undefined,
      Object.hasOwn(right, name) ? right[name] : undefined,
    ];
    if (a === b) return;
    const below = shapeOfEntry(shape, name, b ?? a);
    if (below === undefined) return;
    found.path.push(fieldElement(name));
    compare(below, a, b, found);
    found.path.pop();
  };
  for (const name in left) visit(name);
  for (const name in right) if (!Object.hasOwn(left, name)) visit(name);
}

/** Items that stand more than once under a key are compared as one list of them. */
function compareItems(shape: ListShape, before: Json | undefined, after: Json | undefined, found: Found): void {
  const [left, right] = [groupItems(shape, before), groupItems(shape, after)];
  for (const element of new Set([...left.keys(), ...right.keys()])) {
    const [a = [], b = []] = [left.get(element), right.get(element)];
    found.path.push(element);
    if (a.length < 2 && b.length < 2) compare(shapeOf(shape.of, b[0] ?? a[0]), a[0], b[0], found);
    else if (!isDeepStrictEqual(a, b)) {
      const kind = a.length === 0 ? found.added : b.length === 0 ? found.removed : found.modified;
      insertPath(kind, found.path);
    }
    found.path.pop();
  }
}

function groupItems(shape: ListShape, list: Json | undefined): Map<string, Json[]> {
  const groups = new Map<string, Json[]>();
  if (!Array.isArray(list)) return groups;
  for (const item of list as readonly Json[]) {
    const element = itemElement(shape, item);
    const group = groups.get(element);
    if (group === undefined) groups.set(element, [item]);
    else group.push(item);
  }
  return groups;
}
