/**
 * Sets of fields in managedFields (FieldsV1): nested objects whose keys are path elements; `.` marks a member that has
 * members below it. Both directions remember their results beside the value, for entries are written far more often
 * unchanged than changed, and by their text, for objects of one origin have equal ones.
 *
 * Limit of the texts: `maxKeptLength`, then all start afresh; a long text is not kept.
 */
import type { JsonObject } from '../schema.ts';
import { compareElements, type FieldSet } from './field-set.ts';
import { isKept, keepSet } from './kept-sets.ts';

const sets = new WeakMap<JsonObject, FieldSet>();
const texts = new WeakMap<FieldSet, JsonObject>();

/** UTF-16 units; what is made of a text takes some twenty times its memory. */
const maxKeptLength = 1024 * 1024;
const maxTextLength = 16 * 1024;
const byText = new Map<string, FieldSet>();
let keptLength = 0;

/** The set of a FieldsV1 value; what is no path element is left out. */
export function parseFieldsV1(fields: JsonObject): FieldSet {
  const known = sets.get(fields);
  if (known !== undefined) return known;
  const text = JSON.stringify(fields);
  const set = byText.get(text) ?? keepByText(text, parse(fields, false));
  sets.set(fields, set);
  if (!texts.has(set)) texts.set(set, fields);
  return set;
}

function keepByText(text: string, set: FieldSet): FieldSet {
  if (text.length > maxTextLength) return set;
  keptLength += text.length;
  if (keptLength > maxKeptLength) {
    byText.clear();
    keptLength = text.length;
  }
  byText.set(text, set);
  return keepSet(set);
}

function parse(fields: JsonObject, isItem: boolean): FieldSet {
  const entries = Object.entries(fields);
  const children = new Map<string, FieldSet>();
  let member = isItem && entries.length === 0;
  for (const [element, below] of entries) {
    if (element === '.') member = true;
    else if (/^[fkvi]:/.test(element)) children.set(element, parse(objectOf(below), true));
  }
  return { member, children };
}

const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

/** The FieldsV1 value of a set, its keys sorted. It is shared: never change it. */
export function formatFieldsV1(set: FieldSet): JsonObject {
  const known = texts.get(set);
  if (known !== undefined) return known;
  const made = format(set);
  // Another set that is kept may have the same fields: from here on the two are one.
  const same = isKept(set) ? parseFieldsV1(made) : set;
  const fields = texts.get(same) ?? made;
  texts.set(set, fields);
  sets.set(fields, same);
  return fields;
}

function format(set: FieldSet): JsonObject {
  const fields: Record<string, JsonObject> = {};
  if (set.member && set.children.size > 0) fields['.'] = nothing;
  for (const [element, child] of [...set.children].sort(([a], [b]) => compareElements(a, b))) {
    fields[element] = format(child);
  }
  return Object.freeze(fields);
}

const nothing: JsonObject = Object.freeze({});
