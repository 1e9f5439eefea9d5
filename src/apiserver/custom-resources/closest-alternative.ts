/**
 * Which of several schemas that a value does not fit comes closest: the one with the most checks that were made and went
 * well, the first of those that are alike. What is wrong by that one is what clients are told.
 */
import { isJsonObject } from '../../api/codec/json-object.ts';
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { isKnownFormat } from './formats.ts';
import { typeErrors } from './validate-type.ts';

/** Whether a value is what a schema asks for. */
type Fits = (schema: JSONSchemaProps, value: Json) => boolean;

/** The index of the schema. */
export function closestOf(schemas: readonly JSONSchemaProps[], value: Json, fits: Fits): number {
  if (schemas.length < 2) return 0;
  const counts = schemas.map((schema) => matchCount(schema, value, fits));
  return counts.indexOf(Math.max(...counts));
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

function matchCount(schema: JSONSchemaProps, value: Json, fits: Fits): number {
  const { type, format = '' } = schema;
  const ofType = typeErrors(schema, value, { path: '', root: '' }).length === 0 ? 1 : 0;
  if (value === null) return ofType;
  const hasType = type !== undefined || format !== '' || schema['x-kubernetes-int-or-string'] === true;
  // Alternatives, choices and the schema as a whole are looked at whatever it says.
  const always = 2 + alternativesCount(schema, value, fits) + 1;
  return always + (hasType ? 1 + ofType : 0) + kindCount(schema, value, fits);
}

function kindCount(schema: JSONSchemaProps, value: Exclude<Json, null>, fits: Fits): number {
  if (typeof value === 'string') return 1 + (isKnownFormat(schema.format ?? '') ? 1 : 0);
  if (typeof value === 'number') return 2;
  if (isJsonObject(value)) return 1 + membersCount(schema, value, fits);
  if (!Array.isArray(value)) return 0;
  const item = schema.items as JSONSchemaProps | undefined;
  return 2 + (item === undefined ? 0 : sum((value as readonly Json[]).map((each) => matchCount(item, each, fits))));
}

function membersCount(schema: JSONSchemaProps, value: JsonObject, fits: Fits): number {
  const { minProperties = 0, maxProperties = Infinity, properties = {}, additionalProperties } = schema;
  const size = Object.keys(value).length;
  if (size < minProperties || size > maxProperties) return 0;
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return sum(
    Object.entries(value).map(([name, member]) => {
      const declared = Object.hasOwn(properties, name) ? properties[name] : rest;
      return declared === undefined ? 0 : matchCount(declared, member, fits);
    }),
  );
}

function alternativesCount({ allOf = [], anyOf = [], oneOf = [] }: JSONSchemaProps, value: Json, fits: Fits): number {
  const countOf = (schema: JSONSchemaProps | undefined): number =>
    schema === undefined ? 0 : matchCount(schema, value, fits);
  const fitting = oneOf.filter((schema) => fits(schema, value));
  return (
    1 +
    countOf(anyOf.find((schema) => fits(schema, value)) ?? anyOf[closestOf(anyOf, value, fits)]) +
    (fitting.length > 1 ? 0 : countOf(fitting[0] ?? oneOf[closestOf(oneOf, value, fits)])) +
    sum(allOf.map(countOf))
  );
}
