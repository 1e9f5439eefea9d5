/**
 * Validation of a value by the OpenAPI schema of a CustomResourceDefinition, in the words of Kubernetes.
 *
 * On updates it ratchets: what did not change since the old object is not held against the new one, so that a schema
 * that became stricter does not lock up what is stored. Items of lists are matched by their keys where they have some.
 */
import { plainIdentity, samePlain } from '../../api/equality.ts';
import {
  invalid,
  notSupported,
  requiredField,
  tooLong,
  tooMany,
  typeInvalid,
  type FieldError,
} from '../../api/field-error.ts';
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { readPattern } from '../../base/linear-pattern.ts';
import { hasFormat } from './formats.ts';
import { isJsonObject } from '../../api/codec/json-object.ts';
import { closestOf } from './closest-alternative.ts';
import { fieldAt, wholeError, type Place } from './place.ts';
import { numberErrors, typeErrors } from './validate-type.ts';

export function schemaErrors(schema: JSONSchemaProps, value: Json, place: Place): readonly FieldError[] {
  if (place.old !== undefined && samePlain(value, place.old)) return [];
  const types = typeErrors(schema, value, place);
  if (value === null) return [...types, ...enumErrors(schema, value, place)];
  return [
    ...types,
    ...combinedErrors(schema, value, place),
    ...(typeof value === 'string' ? stringErrors(schema, value, place) : []),
    ...(typeof value === 'number' ? numberErrors(schema, value, place) : []),
    ...(Array.isArray(value) ? listErrors(schema, value as readonly Json[], place) : []),
    ...enumErrors(schema, value, place),
    ...(isJsonObject(value) ? objectErrors(schema, value, place) : []),
  ];
}

function stringErrors(schema: JSONSchemaProps, value: string, place: Place): readonly FieldError[] {
  const { maxLength, minLength, pattern, format } = schema;
  const field = fieldAt(place);
  const length = [...value].length;
  const errors: FieldError[] = [];
  if (maxLength !== undefined && length > maxLength) errors.push(tooLong(field, maxLength));
  else if (minLength !== undefined && length < minLength) {
    errors.push(invalid(field, value, `${place.path} in body should be at least ${minLength} chars long`));
  } else if (pattern !== undefined && !fitsPattern(value, pattern)) {
    errors.push(invalid(field, value, `${place.path} in body should match '${pattern}'`));
  }
  if (format !== undefined && !hasFormat(format, value)) {
    errors.push(typeInvalid(field, value, `${place.path} in body must be of type ${format}: ${JSON.stringify(value)}`));
  }
  return errors;
}

function fitsPattern(value: string, source: string): boolean {
  const pattern = readPattern(source);
  return typeof pattern === 'string' || pattern.test(value);
}

function enumErrors(schema: JSONSchemaProps, value: Json, place: Place): readonly FieldError[] {
  if (schema.enum === undefined || schema.enum.length === 0) return [];
  // A null is none of the choices, even where it is named.
  if (value !== null && schema.enum.some((allowed) => samePlain(allowed, value))) return [];
  return [notSupported(fieldAt(place), value, choicesOf(schema.enum))];
}

/** One list for all values that are none of the choices: it may be long, and they may be many. */
const knownChoices = new WeakMap<readonly Json[], readonly string[]>();

function choicesOf(values: readonly Json[]): readonly string[] {
  const known = knownChoices.get(values);
  if (known !== undefined) return known;
  const choices = values.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  knownChoices.set(values, choices);
  return choices;
}

function listErrors(schema: JSONSchemaProps, items: readonly Json[], place: Place): readonly FieldError[] {
  const { minItems, maxItems } = schema;
  const item = schema.items as JSONSchemaProps | undefined;
  const field = fieldAt(place);
  const oldItem = oldItemFinder(schema, place.old);
  const errors = items.flatMap((each, i) =>
    item === undefined ? [] : schemaErrors(item, each, { ...place, path: `${place.path}[${i}]`, old: oldItem(each) }),
  );
  if (minItems !== undefined && items.length < minItems) {
    errors.push(invalid(field, items.length, `${place.path} in body should have at least ${minItems} items`));
  }
  if (maxItems !== undefined && items.length > maxItems) errors.push(tooMany(field, items.length, maxItems));
  return errors;
}

/** Items of a list with keys are the same as long as their keys are. */
export function oldItemFinder(schema: JSONSchemaProps, old: Json | undefined): (item: Json) => Json | undefined {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (!Array.isArray(old) || schema['x-kubernetes-list-type'] !== 'map' || keys === undefined) return () => undefined;
  const identity = (item: JsonObject): string => plainIdentity(keys.map((key) => item[key]));
  const byKeys = new Map<string, Json>();
  // Of items with the same keys, the first.
  for (const before of (old as readonly Json[]).toReversed()) {
    if (isJsonObject(before)) byKeys.set(identity(before), before);
  }
  return (item) => (isJsonObject(item) ? byKeys.get(identity(item)) : undefined);
}

function objectErrors(schema: JSONSchemaProps, value: JsonObject, place: Place): readonly FieldError[] {
  const { minProperties, maxProperties, properties = {}, additionalProperties, required = [] } = schema;
  const field = fieldAt(place);
  const count = Object.keys(value).length;
  if (minProperties !== undefined && count < minProperties) {
    return [invalid(field, count, `${place.path} in body should have at least ${minProperties} properties`)];
  }
  if (maxProperties !== undefined && count > maxProperties) return [tooMany(field, count, maxProperties)];
  const errors: FieldError[] = [];
  for (const name of Object.keys(value).toSorted()) {
    const declared = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
    const type = declared ?? rest;
    if (type === undefined) continue;
    const old = isJsonObject(place.old) ? place.old[name] : undefined;
    errors.push(...schemaErrors(type, value[name] as Json, { ...place, path: below(place.path, name), old }));
  }
  for (const name of required) {
    if (!Object.hasOwn(value, name)) errors.push(requiredField(fieldAt({ ...place, path: below(place.path, name) })));
  }
  return errors;
}

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

const fits = (schema: JSONSchemaProps, value: Json): boolean =>
  schemaErrors(schema, value, { path: '', root: '' }).length === 0;

function combinedErrors(schema: JSONSchemaProps, value: Json, place: Place): readonly FieldError[] {
  const { allOf = [], anyOf = [], oneOf = [], not } = schema;
  const fresh = { ...place, old: undefined };
  const results = (schemas: readonly JSONSchemaProps[]): (readonly FieldError[])[] =>
    schemas.map((each) => schemaErrors(each, value, fresh));
  const name = JSON.stringify(place.path);
  const best = (failures: readonly (readonly FieldError[])[], schemas: readonly JSONSchemaProps[]) =>
    failures[closestOf(schemas, value, fits)] ?? [];
  const errors: FieldError[] = [];
  if (anyOf.length > 0) {
    const failures = results(anyOf);
    if (!failures.some((failure) => failure.length === 0)) {
      errors.push(wholeError(place, `${name} must validate at least one schema (anyOf)`), ...best(failures, anyOf));
    }
  }
  if (oneOf.length > 0) {
    const failures = results(oneOf);
    const valid = failures.filter((failure) => failure.length === 0).length;
    const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
    if (valid !== 1) {
      errors.push(wholeError(place, `${name} must validate one and only one schema (oneOf). ${found}`));
      if (valid === 0) errors.push(...best(failures, oneOf));
    }
  }
  if (allOf.length > 0) {
    const failures = results(allOf);
    const valid = failures.filter((failure) => failure.length === 0).length;
    errors.push(...failures.flat());
    if (valid < allOf.length) {
      const none = valid === 0 ? '. None validated' : '';
      errors.push(wholeError(place, `${name} must validate all the schemas (allOf)${none}`));
    }
  }
  if (not !== undefined && schemaErrors(not, value, fresh).length === 0) {
    errors.push(wholeError(place, `${name} must not validate the schema (not)`));
  }
  return errors;
}
