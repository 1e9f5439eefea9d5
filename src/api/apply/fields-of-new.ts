/**
 * What the first manager of a new object owns, straight as FieldsV1.
 *
 * It is the answer that comparing the object with the zero value of its type gives (track-update.ts), and creations are
 * the most frequent writes: without the sets in between it takes a fifth of the time. fields-of-new.test.ts holds the two
 * against each other.
 */
import { isDeepStrictEqual } from 'node:util';
import { zeroOf } from '../codec/decode.ts';
import type { AnyType, Json, JsonObject } from '../schema.ts';
import { compareElements, type FieldSet } from './field-set.ts';
import { fieldElement, itemElement } from './path-element.ts';
import { shapeOf, shapeOfEntry, type ListShape, type MapShape, type Shape } from './shape.ts';

/** Fields to leave out: `whole` with all below them, `alone` by themselves. */
interface LeftOut {
  readonly whole: FieldSet | undefined;
  readonly alone: FieldSet | undefined;
}

const nothing: LeftOut = { whole: undefined, alone: undefined };
const zeros = new WeakMap<AnyType, Json>();

/** Undefined when there is nothing to own. `after`: decoded, without managedFields. */
export function fieldsOfNew(
  type: AnyType,
  after: JsonObject,
  reset: FieldSet,
  unowned: FieldSet,
): JsonObject | undefined {
  let zero = zeros.get(type);
  if (zero === undefined) zeros.set(type, (zero = zeroOf(type) as Json));
  return fieldsOf(shapeOf(type, after), zero, after, { whole: reset, alone: unowned });
}

/** `before` undefined: there is no such field in a zero value, and the field itself is owned, too. */
function fieldsOf(shape: Shape, before: Json | undefined, after: Json, left: LeftOut): JsonObject | undefined {
  if (before === after || left.whole?.member === true) return undefined;
  const owned = left.alone?.member !== true;
  let below: Below | undefined;
  if (shape.kind === 'list' && shape.relation !== 'atomic' && Array.isArray(after) && after.length > 0) {
    below = itemsOf(shape, after as readonly Json[], left);
  } else if (shape.kind === 'map' && !shape.atomic && (hasEntries(before) || hasEntries(after))) {
    below = entriesOf(shape, before, after, left);
  } else {
    return owned && (before === undefined || !isDeepStrictEqual(before, after)) ? {} : undefined;
  }
  return node(below, before === undefined && owned);
}

type Below = [element: string, fields: JsonObject][];

function node(below: Below, member: boolean): JsonObject | undefined {
  if (below.length === 0) return member ? {} : undefined;
  const fields: Record<string, JsonObject> = member ? { '.': {} } : {};
  if (below.length > 1) below.sort(([a], [b]) => compareElements(a, b));
  for (const [element, value] of below) fields[element] = value;
  return fields;
}

function entriesOf(shape: MapShape, before: Json | undefined, after: Json, left: LeftOut): Below {
  const found: Below = [];
  if (!isMap(after)) return found;
  const zero = isMap(before) ? before : undefined;
  for (const name of Object.keys(after)) {
    const value = after[name];
    if (value === undefined) continue;
    const was = zero !== undefined && Object.hasOwn(zero, name) ? zero[name] : undefined;
    if (was === value) continue;
    const below = shapeOfEntry(shape, name, value);
    if (below === undefined) continue;
    const element = fieldElement(name);
    const fields = fieldsOf(below, was, value, leftOutBelow(left, element));
    if (fields !== undefined) found.push([element, fields]);
  }
  return found;
}

/** The zero value has no items. Several items of one key are owned as one. */
function itemsOf(shape: ListShape, items: readonly Json[], left: LeftOut): Below {
  const byElement = new Map<string, Json | undefined>();
  for (const item of items) {
    const element = itemElement(shape, item);
    byElement.set(element, byElement.has(element) ? undefined : item);
  }
  const found: Below = [];
  for (const [element, item] of byElement) {
    const below = leftOutBelow(left, element);
    const fields =
      item === undefined
        ? below.whole?.member === true || below.alone?.member === true
          ? undefined
          : {}
        : fieldsOf(shapeOf(shape.of, item), undefined, item, below);
    if (fields !== undefined) found.push([element, fields]);
  }
  return found;
}

function leftOutBelow({ whole, alone }: LeftOut, element: string): LeftOut {
  const [wholeBelow, aloneBelow] = [whole?.children.get(element), alone?.children.get(element)];
  return wholeBelow === undefined && aloneBelow === undefined ? nothing : { whole: wholeBelow, alone: aloneBelow };
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasEntries(value: Json | undefined): boolean {
  if (!isMap(value)) return false;
  for (const _ in value) return true;
  return false;
}
