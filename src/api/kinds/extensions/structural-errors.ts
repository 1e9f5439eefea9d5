/**
 * Whether the schema of a CustomResourceDefinition is one that can be served: structural (each field has one type, said
 * in one place), without keywords that cost too much, its lists and rules well formed.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { JSONSchemaProps, ValidationRule } from '../../groups/apiextensions.v1.ts';
import { listSchemaErrors } from './list-type-errors.ts';
import { patternError } from './pattern-error.ts';
import { ruleFieldPath } from './rule-field-path.ts';

type Level = 'root' | 'item' | 'field';

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

export function structuralErrors(schema: JSONSchemaProps, field: string): readonly FieldError[] {
  const plain = keywordErrors(schema, field);
  // A reference is no structure at all: there is nothing more to say.
  if (plain.some((error) => error.field.endsWith('$ref'))) return plain;
  const structural = [...shapeErrors(schema, 'root', field)].toSorted((a, b) =>
    `${a.field}: ${a.message}` < `${b.field}: ${b.message}` ? -1 : 1,
  );
  return [...plain, ...structural];
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

function keywordErrors(schema: JSONSchemaProps, field: string): readonly FieldError[] {
  const { type, properties, additionalProperties } = schema;
  const errors: FieldError[] = [];
  if (schema.$ref !== undefined) errors.push(forbidden(`${field}.$ref`, '$ref is not supported'));
  if (type !== undefined && !types.includes(type)) errors.push(notSupported(`${field}.type`, type, types));
  if (schema.uniqueItems === true) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push(forbidden(`${field}.uniqueItems`, why));
  }
  if (properties !== undefined && additionalProperties !== undefined && additionalProperties !== false) {
    errors.push(forbidden(`${field}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
  }
  const below = inner(schema, field).flatMap(([each, where]) => keywordErrors(each, where));
  return [...errors, ...below, ...listSchemaErrors(schema, field), ...ruleErrors(schema, field)];
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
    errors.push(requiredField(`${field}.message`, 'must be specified if rule contains line breaks'));
  }
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(requiredField(`${field}.messageExpression`, 'must be non-empty if specified'));
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
  if (schema.type === 'array' && schema.items === undefined) {
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
  const { type: _, description: _description, properties: named = {}, default: _default, ...others } = metadata;
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
  const free = schema['x-kubernetes-int-or-string'] === true;
  const { anyOf = [], allOf = [], oneOf = [], not, pattern } = schema;
  if (!(free && isIntOrString(schema))) {
    anyOf.forEach((each, i) => errors.push(...nestedErrors(each, `${field}.anyOf[${i}]`)));
  }
  allOf.forEach((each, i) => {
    const { anyOf: _, ...rest } = each;
    const skipped = free && i === 0 && isIntOrString(each);
    errors.push(...nestedErrors(skipped ? rest : each, `${field}.allOf[${i}]`));
  });
  oneOf.forEach((each, i) => errors.push(...nestedErrors(each, `${field}.oneOf[${i}]`)));
  if (not !== undefined) errors.push(...nestedErrors(not, `${field}.not`));
  const problem = pattern === undefined ? undefined : patternError(pattern);
  if (problem !== undefined) {
    const why = `must be a valid regular expression, but isn't: error parsing regexp: ${problem}`;
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
];

function nestedErrors(schema: JSONSchemaProps, field: string): readonly FieldError[] {
  const below = inner({ ...schema, additionalProperties: undefined }, field);
  return [
    ...valueErrors(schema, field),
    ...below.flatMap(([each, where]) => nestedErrors(each, where)),
    ...nestedTexts.flatMap(([name, why]) => (schema[name] === undefined ? [] : [forbidden(`${field}.${name}`, why)])),
    ...(schema.properties?.['metadata'] === undefined
      ? []
      : [forbidden(`${field}.properties[metadata]`, 'must not be specified in a nested context')]),
  ];
}
