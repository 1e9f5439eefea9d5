/**
 * Sets of fields in managedFields (FieldsV1): nested objects whose keys are path elements; `.` marks a member that has
 * members below it. Both directions remember their results beside the value, for entries are written far more often
 * unchanged than changed.
 */
import type { JsonObject } from '../schema.ts';
import { compareElements, type FieldSet } from './field-set.ts';

const sets = new WeakMap<JsonObject, FieldSet>();
const texts = new WeakMap<FieldSet, JsonObject>();

/** The set of a FieldsV1 value; what is no path element is left out. */
export function parseFieldsV1(fields: JsonObject): FieldSet {
  const known = sets.get(fields);
  if (known !== undefined) return known;
  const set = parse(fields, false);
  sets.set(fields, set);
  texts.set(set, fields);
  return set;
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

/** The FieldsV1 value of a set, its keys sorted. */
export function formatFieldsV1(set: FieldSet): JsonObject {
  const known = texts.get(set);
  if (known !== undefined) return known;
  const fields = format(set);
  texts.set(set, fields);
  sets.set(fields, set);
  return fields;
}

function format(set: FieldSet): JsonObject {
  const fields: Record<string, JsonObject> = {};
  if (set.member && set.children.size > 0) fields['.'] = {};
  for (const [element, child] of [...set.children].sort(([a], [b]) => compareElements(a, b))) {
    fields[element] = format(child);
  }
  return fields;
}
