/**
 * What the first manager of a new object owns, straight as FieldsV1.
 *
 * It is the answer that comparing the object with the zero value of its type gives (track-update.ts), and creations are
 * the most frequent writes. fields-of-new.test.ts holds the two ways against each other.
 *
 * Objects of one origin own the same fields: it matters which fields there are, not what they hold. So an answer is not
 * made again but found again. Each place in a type keeps a trie of what it has seen: from the fields below it, step by
 * step in the order in which they come, to the answer.
 *
 *   place of a label map:   start ──app──▶ ──tier──▶ {".":{},"f:app":{},"f:tier":{}}
 *                                    └─────shard──▶ {".":{},"f:app":{},"f:shard":{}}
 *
 * Equal answers are the same frozen object, so that a step is found by the name of a field and the identity of what is
 * owned below it. Limit: `maxKept` steps and places, then all starts afresh; what has very many entries is made anew each time.
 */
import { isDeepStrictEqual } from 'node:util';
import { zeroOf } from '../codec/decode.ts';
import type { AnyType, Json, JsonObject } from '../schema.ts';
import { compareElements, type FieldSet } from './field-set.ts';
import { fieldElement, itemElement } from './path-element.ts';
import { isFixed, shapeOf, shapeOfEntry, type ListShape, type MapShape, type Shape } from './shape.ts';

const maxKept = 20_000;
const maxEntriesKept = 64;

/** Fields to leave out: `whole` with all below them, `alone` by themselves. */
interface LeftOut {
  readonly whole: FieldSet | undefined;
  readonly alone: FieldSet | undefined;
}

/** A field or item somewhere in a type. */
interface Place {
  readonly shape: Shape;
  /** The shape does not depend on the value. */
  readonly fixed: boolean;
  /** What stands here in a zero value; undefined: nothing, and the field itself is owned, too. */
  readonly before: Json | undefined;
  readonly left: LeftOut;
  readonly below: Map<string, Place>;
  readonly start: Step;
}

/** Some fields below a place, the last of them and what is owned below it. */
interface Step {
  readonly from: Step | undefined;
  readonly element: string;
  readonly fields: JsonObject;
  next: Map<string, Map<JsonObject, Step>> | undefined;
  answer: JsonObject | undefined;
}

/** One object on its way through the places of its type. */
interface Walk {
  /** Something was not kept, so nothing that holds it is. */
  loose: boolean;
}

const nothing: LeftOut = { whole: undefined, alone: undefined };
const leaf: JsonObject = Object.freeze({});
let roots = new WeakMap<AnyType, Place>();
let kept = 0;

/** Undefined when there is nothing to own. `after`: decoded, without managedFields. The answer is shared: never change it. */
export function fieldsOfNew(
  type: AnyType,
  after: JsonObject,
  reset: FieldSet,
  unowned: FieldSet,
): JsonObject | undefined {
  if (kept > maxKept) {
    roots = new WeakMap();
    kept = 0;
  }
  let root = roots.get(type);
  if (root === undefined || root.left.whole !== reset || root.left.alone !== unowned) {
    root = newPlace(shapeOf(type, after), zeroOf(type) as Json, { whole: reset, alone: unowned });
    roots.set(type, root);
  }
  return fieldsAt(root, after, { loose: false });
}

function newPlace(shape: Shape, before: Json | undefined, left: LeftOut, fixed = false): Place {
  kept++;
  return { shape, fixed, before, left, below: new Map(), start: newStep(undefined, '', leaf) };
}

const newStep = (from: Step | undefined, element: string, fields: JsonObject): Step => ({
  from,
  element,
  fields,
  next: undefined,
  answer: undefined,
});

function fieldsAt(place: Place, after: Json, walk: Walk): JsonObject | undefined {
  const { shape, before, left } = place;
  if (before === after || left.whole?.member === true) return undefined;
  if (shape.kind === 'list' && shape.relation !== 'atomic' && Array.isArray(after) && after.length > 0) {
    return answerAt(place, stepOfItems(place, shape, after as readonly Json[], walk));
  }
  if (shape.kind === 'map' && !shape.atomic && (hasEntries(before) || hasEntries(after))) {
    return answerAt(place, isMap(after) ? stepOfEntries(place, shape, after, walk) : place.start);
  }
  return left.alone?.member !== true && (before === undefined || !isDeepStrictEqual(before, after)) ? leaf : undefined;
}

function answerAt({ before, left, start }: Place, step: Step): JsonObject | undefined {
  if (step.answer !== undefined) return step.answer;
  const member = before === undefined && left.alone?.member !== true;
  if (step === start) return member ? leaf : undefined;
  const below: [element: string, fields: JsonObject][] = [];
  for (let at = step; at.from !== undefined; at = at.from) below.push([at.element, at.fields]);
  below.sort(([a], [b]) => compareElements(a, b));
  step.answer = Object.freeze({ ...(member ? { '.': leaf } : {}), ...Object.fromEntries(below) });
  return step.answer;
}

function stepOfEntries(place: Place, shape: MapShape, after: JsonObject, walk: Walk): Step {
  const names = Object.keys(after);
  if (names.length > maxEntriesKept) walk.loose = true;
  let step = place.start;
  for (const name of names) {
    const value = after[name];
    if (value === undefined) continue;
    const below = placeOfEntry(place, shape, name, value);
    const fields = below && fieldsAt(below, value, walk);
    if (fields !== undefined) step = nextStep(step, name, fields, walk, fieldElement);
  }
  return step;
}

/** Entries with free names are all in one place. Undefined: the type has no such field. */
function placeOfEntry({ below, before, left }: Place, map: MapShape, name: string, value: Json): Place | undefined {
  const declared = below.get(name);
  if (declared?.fixed === true) return declared;
  const shape = shapeOfEntry(map, name, value);
  if (shape === undefined) return undefined;
  const leftOut = left === nothing ? nothing : leftOutBelow(left, fieldElement(name));
  const key = map.fields === undefined && leftOut === nothing ? '' : name;
  let place = below.get(key);
  if (place?.shape !== shape) {
    const was = isMap(before) && Object.hasOwn(before, name) ? before[name] : undefined;
    below.set(key, (place = newPlace(shape, was, leftOut, isFixed(map, name))));
  }
  return place;
}

/** The zero value has no items. Several items of one key are owned as one. */
function stepOfItems(place: Place, shape: ListShape, items: readonly Json[], walk: Walk): Step {
  if (items.length > maxEntriesKept) walk.loose = true;
  const byElement = new Map<string, Json | undefined>();
  for (const item of items) {
    const element = itemElement(shape, item);
    byElement.set(element, byElement.has(element) ? undefined : item);
  }
  let step = place.start;
  for (const [element, item] of byElement) {
    const fields = fieldsOfItem(place, shape, element, item, walk);
    if (fields !== undefined) step = nextStep(step, element, fields, walk, sameElement);
  }
  return step;
}

const sameElement = (element: string): string => element;

function fieldsOfItem(
  { below, left }: Place,
  { of }: ListShape,
  element: string,
  item: Json | undefined,
  walk: Walk,
): JsonObject | undefined {
  const leftOut = leftOutBelow(left, element);
  if (item === undefined) return leftOut.whole?.member === true || leftOut.alone?.member === true ? undefined : leaf;
  const shape = shapeOf(of, item);
  const name = leftOut === nothing ? '' : element;
  let place = below.get(name);
  if (place?.shape !== shape) below.set(name, (place = newPlace(shape, undefined, leftOut)));
  return fieldsAt(place, item, walk);
}

function nextStep(
  step: Step,
  name: string,
  fields: JsonObject,
  { loose }: Walk,
  elementOf: (name: string) => string,
): Step {
  if (loose) return newStep(step, elementOf(name), fields);
  step.next ??= new Map();
  let named = step.next.get(name);
  if (named === undefined) step.next.set(name, (named = new Map()));
  let next = named.get(fields);
  if (next === undefined) {
    named.set(fields, (next = newStep(step, elementOf(name), fields)));
    kept++;
  }
  return next;
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
