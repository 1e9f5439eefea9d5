/**
 * Whether the schema of a CustomResourceDefinition is one that can be served: structural (each field has one type, said
 * in one place), without keywords that cost too much, its lists and rules well formed.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { JSONSchemaProps, ValidationRule } from '../../groups/apiextensions.v1.ts';
import { patternProblem } from '../../../base/linear-pattern.ts';
import { completenessErrors } from './completeness-errors.ts';
import { listSchemaErrors } from './list-type-errors.ts';
import { ruleFieldPath } from './rule-field-path.ts';

type Level = 'root' | 'item' | 'field';

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

export function structuralErrors(schema: JSONSchemaProps, field: string): readonly FieldError[] {
  const plain = keywordErrors(schema, field, { root: true });
  // With such keywords it is no structure at all: there is nothing more to say.
  if (plain.some(isNoStructure)) return plain;
  if (namesItsSchema(schema)) {
    return plain.length > 0 ? plain : [invalid(field, '', "OpenAPIV3Schema 'schema' is not supported")];
  }
  const found = [...shapeErrors(schema, 'root', field), ...completenessErrors(schema, schema, field)];
  const structural = found.toSorted((a, b) => (`${a.field}: ${a.message}` < `${b.field}: ${b.message}` ? -1 : 1));
  return [...structural, ...plain];
}

/** Each field has one type, said in one place: the schema's rules can be judged, whatever else is wrong with it. */
export function isStructural(schema: JSONSchemaProps): boolean {
  const hasUnsupported = namesItsSchema(schema) || keywordErrors(schema, '', { root: true }).some(isNoStructure);
  const errors = [...shapeErrors(schema, 'root', ''), ...completenessErrors(schema, schema, '')];
  return !hasUnsupported && errors.length === 0;
}

/** The schema, or one below it, has a default. */
export function hasDefaults(schema: JSONSchemaProps | undefined): boolean {
  if (schema === undefined) return false;
  return schema.default !== undefined || below(schema, '', {}).some(([each]) => hasDefaults(each));
}

/** The schemas directly below, with where they stand. */
function inner(schema: JSONSchemaProps, field: string): readonly (readonly [JSONSchemaProps, string, Level])[] {
  const { properties = {}, items, additionalProperties } = schema;
  return [
    ...Object.entries(properties)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [each, `${field}.properties[${name}]`, 'field'] as const),
    ...(typeof additionalProperties === 'object'
      ? [[additionalProperties, `${field}.additionalProperties`, 'field'] as const]
      : []),
    ...(items === undefined || Array.isArray(items)
      ? []
      : [[items as JSONSchemaProps, `${field}.items`, 'item'] as const]),
  ];
}

/** Where a schema stands. */
interface Place {
  readonly root?: boolean;
  /** Within kind, apiVersion or metadata of the object, or of one that is embedded. */
  readonly meta?: boolean;
  /** Why there may be no defaults. */
  readonly noDefaults?: string;
}

const unsupported = ' is not supported';
const noArray = 'items must be a schema object and not an array';
const notFalse = 'must be true or undefined';
const unsupportedKeywords = [
  'id',
  'additionalItems',
  'patternProperties',
  'definitions',
  'dependencies',
  '$ref',
] as const;
const metaFields = ['apiVersion', 'kind', 'metadata'];

const isNoStructure = ({ message }: FieldError): boolean =>
  [unsupported, noArray, notFalse].some((text) => message.endsWith(text));

/** The keyword that says which dialect a schema is written in: known, but of no use here. */
function namesItsSchema(schema: JSONSchemaProps): boolean {
  return (schema.$schema ?? '') !== '' || below(schema, '', {}).some(([each]) => namesItsSchema(each));
}

function keywordErrors(schema: JSONSchemaProps, field: string, place: Place): readonly FieldError[] {
  const { properties = {}, additionalProperties } = schema;
  const errors: FieldError[] = [...placeErrors(schema, field, place)];
  if (schema.uniqueItems === true) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push(forbidden(`${field}.uniqueItems`, why));
  }
  if (Object.keys(properties).length > 0 && additionalProperties !== undefined && additionalProperties !== true) {
    errors.push(forbidden(`${field}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
  }
  for (const [each, where, inside] of below(schema, field, place)) errors.push(...keywordErrors(each, where, inside));
  const preserve = schema['x-kubernetes-preserve-unknown-fields'];
  if (preserve === false) {
    errors.push(invalid(`${field}.x-kubernetes-preserve-unknown-fields`, preserve, notFalse));
  }
  return [...errors, ...listSchemaErrors(schema, field), ...ruleErrors(schema, field)];
}

function placeErrors(schema: JSONSchemaProps, field: string, { meta, noDefaults }: Place): readonly FieldError[] {
  const { type, items } = schema;
  const errors: FieldError[] = [];
  if (type !== undefined && type !== '' && !types.includes(type)) {
    errors.push(notSupported(`${field}.type`, type, types));
  }
  if (schema.default !== undefined && noDefaults !== undefined) {
    errors.push(forbidden(`${field}.default`, `must not be set ${noDefaults}`));
  }
  for (const name of unsupportedKeywords) {
    const value = schema[name];
    if (name === '$ref' || name === 'dependencies' ? value !== undefined : isGiven(value)) {
      errors.push(forbidden(`${field}.${name}`, `${name}${unsupported}`));
    }
  }
  if (type === 'null') {
    errors.push(forbidden(`${field}.type`, 'type cannot be set to null, use nullable as an alternative'));
  }
  if (Array.isArray(items) && items.length > 0) errors.push(forbidden(`${field}.items`, noArray));
  if (meta === true && schema['x-kubernetes-embedded-resource'] === true) {
    errors.push(forbidden(`${field}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta'));
  }
  return errors;
}

const isGiven = (value: unknown): boolean =>
  value !== undefined && value !== '' && (typeof value !== 'object' || Object.keys(value ?? {}).length > 0);

/** All schemas directly below, alternatives too, in the order in which they are looked at. */
function below(
  schema: JSONSchemaProps,
  field: string,
  place: Place,
): readonly (readonly [JSONSchemaProps, string, Place])[] {
  const { properties = {}, items, additionalProperties, not, allOf = [], oneOf = [], anyOf = [] } = schema;
  const inside: Place = { ...place, root: false };
  const ofMeta = place.root === true || schema['x-kubernetes-embedded-resource'] === true;
  const placeOf = (name: string): Place =>
    !ofMeta || !metaFields.includes(name)
      ? inside
      : { ...inside, meta: true, ...(place.root === true ? { noDefaults: `in top-level ${name}` } : {}) };
  const ofValues: Place =
    place.meta === true ? { ...inside, noDefaults: 'inside additionalProperties applying to object metadata' } : inside;
  const list = (schemas: readonly JSONSchemaProps[], name: string): [JSONSchemaProps, string, Place][] =>
    schemas.map((each, index) => [each, `${field}.${name}[${index}]`, inside]);
  return [
    ...(typeof additionalProperties === 'object'
      ? [[additionalProperties, `${field}.additionalProperties`, ofValues] as const]
      : []),
    ...Object.entries(properties)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [each, `${field}.properties[${name}]`, placeOf(name)] as const),
    ...(not === undefined ? [] : [[not, `${field}.not`, inside] as const]),
    ...list(allOf, 'allOf'),
    ...list(oneOf, 'oneOf'),
    ...list(anyOf, 'anyOf'),
    ...(items === undefined
      ? []
      : Array.isArray(items)
        ? list(items, 'items')
        : [[items as JSONSchemaProps, `${field}.items`, inside] as const]),
  ];
}

function ruleErrors(schema: JSONSchemaProps, field: string): readonly FieldError[] {
  return (schema['x-kubernetes-validations'] ?? []).flatMap((rule, i) =>
    oneRuleErrors(rule, schema, `${field}.x-kubernetes-validations[${i}]`),
  );
}

function oneRuleErrors(given: ValidationRule, schema: JSONSchemaProps, field: string): readonly FieldError[] {
  const { rule, message = '', messageExpression = '', reason, fieldPath = '' } = given;
  const errors: FieldError[] = [];
  const hasLines = (text: string): boolean => /[\n\r]/.test(text);
  if (rule.trim() === '') errors.push(requiredField(`${field}.rule`, 'rule is not specified'));
  else if (message !== '' && message.trim() === '') {
    errors.push(invalid(`${field}.message`, message, 'must be non-empty if specified'));
  } else if (hasLines(message.trim())) {
    errors.push(invalid(`${field}.message`, message, 'must not contain line breaks'));
  } else if (hasLines(rule.trim()) && message.trim() === '') {
    errors.push(requiredField(`${field}.message`, 'message must be specified if rule contains line breaks'));
  }
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(requiredField(`${field}.messageExpression`, 'messageExpression must be non-empty if specified'));
  }
  if (reason !== undefined && !reasons.includes(reason)) errors.push(notSupported(`${field}.reason`, reason, reasons));
  const wrongPath = (why: string): void => void errors.push(invalid(`${field}.fieldPath`, fieldPath, why));
  if (fieldPath !== '' && fieldPath.trim() === '') wrongPath('must be non-empty if specified');
  if (hasLines(fieldPath)) wrongPath('must not contain line breaks');
  if (fieldPath !== '' && ruleFieldPath(fieldPath, schema) === undefined) wrongPath('must be a valid path');
  return errors;
}

function shapeErrors(schema: JSONSchemaProps, level: Level, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (schema.type === 'array' && (schema.items === undefined || Array.isArray(schema.items))) {
    errors.push(requiredField(`${field}.items`, 'must be specified'));
  }
  if (level === 'root' && schema.additionalProperties !== undefined) {
    errors.push(forbidden(`${field}.additionalProperties`, 'must not be used at the root'));
  }
  for (const [each, where, inside] of inner(schema, field)) errors.push(...shapeErrors(each, inside, where));
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  errors.push(...extensionErrors(schema, field), ...valueErrors(schema, field), ...typeErrors(schema, level, field));
  if (level === 'root' || embedded) errors.push(...typeMetaErrors(schema, field));
  if (level === 'root') errors.push(...metadataErrors(schema, field));
  return errors;
}

const emptyTexts: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

function typeErrors(schema: JSONSchemaProps, level: Level, field: string): readonly FieldError[] {
  const { type } = schema;
  if (schema['x-kubernetes-embedded-resource'] === true && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true';
    return [type === undefined ? requiredField(`${field}.type`, why) : invalid(`${field}.type`, type, why)];
  }
  const free = schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (type === undefined) return free ? [] : [requiredField(`${field}.type`, emptyTexts[level])];
  return level === 'root' && type !== 'object' ? [invalid(`${field}.type`, type, 'must be object at the root')] : [];
}

function extensionErrors(schema: JSONSchemaProps, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const exclusive = 'must be false if x-kubernetes-int-or-string is true';
  if (schema['x-kubernetes-int-or-string'] === true) {
    for (const name of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const) {
      if (schema[name] === true) errors.push(invalid(`${field}.${name}`, true, exclusive));
    }
  }
  if (schema['x-kubernetes-embedded-resource'] !== true) return errors;
  if (schema.additionalProperties !== undefined) {
    const why = 'must not be used if x-kubernetes-embedded-resource is set';
    errors.push(forbidden(`${field}.additionalProperties`, why));
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] !== true && Object.keys(schema.properties ?? {}).length === 0) {
    const why =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(requiredField(`${field}.properties`, why));
  }
  return errors;
}

function typeMetaErrors({ properties = {} }: JSONSchemaProps, field: string): readonly FieldError[] {
  const wanted = { kind: 'string', apiVersion: 'string', metadata: 'object' };
  return Object.entries(wanted).flatMap(([name, type]) => {
    const declared = properties[name];
    if (declared === undefined || declared.type === type) return [];
    return [invalid(`${field}.properties[${name}].type`, declared.type ?? '', `must be ${type}`)];
  });
}

function metadataErrors({ properties = {} }: JSONSchemaProps, field: string): readonly FieldError[] {
  const { metadata } = properties;
  if (metadata === undefined) return [];
  const { type: _, properties: named = {}, default: _default, ...others } = metadata;
  const restricts = Object.keys(named).every((name) => name === 'name' || name === 'generateName');
  if (restricts && Object.keys(others).length === 0) return [];
  const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
  return [forbidden(`${field}.properties[metadata]`, why)];
}

function isIntOrString({ anyOf = [] }: JSONSchemaProps): boolean {
  return JSON.stringify(anyOf) === '[{"type":"integer"},{"type":"string"}]';
}

/** Alternatives say what values may be, never of what type they are. */
function valueErrors(schema: JSONSchemaProps, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { anyOf = [], allOf = [], oneOf = [], not, pattern } = schema;
  if (!isIntOrString(schema)) {
    anyOf.forEach((each, i) => errors.push(...nestedErrors(each, `${field}.anyOf[${i}]`)));
  }
  allOf.forEach((each, i) => {
    const { anyOf: _, ...rest } = each;
    const skipped = i === 0 && isIntOrString(each);
    errors.push(...nestedErrors(skipped ? rest : each, `${field}.allOf[${i}]`));
  });
  oneOf.forEach((each, i) => errors.push(...nestedErrors(each, `${field}.oneOf[${i}]`)));
  if (not !== undefined) errors.push(...nestedErrors(not, `${field}.not`));
  const problem = pattern === undefined ? undefined : patternProblem(pattern);
  if (problem !== undefined) {
    const why = `must be a valid regular expression, but isn't: ${problem}`;
    errors.push(invalid(`${field}.pattern`, pattern, why));
  }
  return errors;
}

const nestedTexts: readonly (readonly [keyof JSONSchemaProps, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

const isSaid = (value: unknown): boolean =>
  value !== undefined && value !== false && value !== '' && !(Array.isArray(value) && value.length === 0);

function nestedErrors(schema: JSONSchemaProps, field: string): readonly FieldError[] {
  const below = inner({ ...schema, additionalProperties: undefined }, field);
  return [
    ...valueErrors(schema, field),
    ...below.flatMap(([each, where]) => nestedErrors(each, where)),
    ...nestedTexts.flatMap(([name, why]) => (isSaid(schema[name]) ? [forbidden(`${field}.${name}`, why)] : [])),
    ...(schema.properties?.['metadata'] === undefined
      ? []
      : [forbidden(`${field}.properties[metadata]`, 'must not be specified in a nested context')]),
  ];
}
