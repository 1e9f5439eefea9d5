/** What differs between two values of a type, as sets of fields. */
import { isDeepStrictEqual } from 'node:util';
import type { AnyType, Json, JsonObject } from '../schema.ts';
import { ChangeWalk, type Comparison } from './comparison-steps.ts';
import type { FieldSet } from './field-set.ts';
import { recursiveDifference } from './kept-sets.ts';
import { fieldElement, itemElement } from './path-element.ts';
import { shapeOf, shapeOfEntry, type ListShape, type MapShape, type Shape } from './shape.ts';
import { isEmptyMap } from './to-field-set.ts';

export function compareValues(type: AnyType, before: Json, after: Json): Comparison {
  const walk = new ChangeWalk();
  compare(shapeOf(type, after), before, after, walk);
  return walk.comparison();
}

/** The comparison without some fields and what is below them. */
export function excludeFields(comparison: Comparison, excluded: FieldSet): Comparison {
  return {
    added: recursiveDifference(comparison.added, excluded),
    modified: recursiveDifference(comparison.modified, excluded),
    removed: recursiveDifference(comparison.removed, excluded),
  };
}

/** Undefined: absent. What has parts is compared part by part, unless it is empty on both sides. */
function compare(shape: Shape, before: Json | undefined, after: Json | undefined, walk: ChangeWalk): void {
  if (before === after) return;
  const parted =
    (shape.kind === 'list' && shape.relation !== 'atomic' && !(hasNoItems(before) && hasNoItems(after))) ||
    (shape.kind === 'map' && !shape.atomic && !(hasNoEntries(before) && hasNoEntries(after)));
  if (!parted) {
    compareLeaf(before, after, walk);
    return;
  }
  if (shape.kind === 'list') compareItems(shape, before, after, walk);
  else if (shape.kind === 'map') compareEntries(shape, before, after, walk);
  if (before === undefined) walk.found('+');
  else if (after === undefined) walk.found('-');
}

const hasNoItems = (value: Json | undefined): boolean => !Array.isArray(value) || value.length === 0;
const hasNoEntries = (value: Json | undefined): boolean => !isMap(value) || isEmptyMap(value);

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compareLeaf(before: Json | undefined, after: Json | undefined, walk: ChangeWalk): void {
  if (before === undefined) walk.found('+');
  else if (after === undefined) walk.found('-');
  else if (!isDeepStrictEqual(before, after)) walk.found('~');
}

function compareEntries(shape: MapShape, before: Json | undefined, after: Json | undefined, walk: ChangeWalk): void {
  const [left, right] = [isMap(before) ? before : {}, isMap(after) ? after : {}];
  const visit = (name: string): void => {
    const [a, b] = [
      Object.hasOwn(left, name) ? left[name] : undefined,
      Object.hasOwn(right, name) ? right[name] : undefined,
    ];
    if (a === b) return;
    const below = shapeOfEntry(shape, name, b ?? a);
    if (below === undefined) return;
    walk.down(fieldElement(name));
    compare(below, a, b, walk);
    walk.up();
  };
  for (const name in left) visit(name);
  for (const name in right) if (!Object.hasOwn(left, name)) visit(name);
}

/** Items that stand more than once under a key are compared as one list of them. */
function compareItems(shape: ListShape, before: Json | undefined, after: Json | undefined, walk: ChangeWalk): void {
  const [left, right] = [groupItems(shape, before), groupItems(shape, after)];
  const visit = (element: string): void => {
    const [a = noItems, b = noItems] = [left.get(element), right.get(element)];
    walk.down(element);
    if (a.length < 2 && b.length < 2) compare(shapeOf(shape.of, b[0] ?? a[0]), a[0], b[0], walk);
    else if (!isDeepStrictEqual(a, b)) walk.found(a.length === 0 ? '+' : b.length === 0 ? '-' : '~');
    walk.up();
  };
  for (const element of left.keys()) visit(element);
  for (const element of right.keys()) if (!left.has(element)) visit(element);
}

const noItems: readonly Json[] = [];

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
