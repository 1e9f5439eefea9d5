/**
 * What rules may say of a value, from its schema: the type of each field, and how large its values can be. Fields of
 * unknown type, and such whose name cannot be escaped, are not there for rules.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
 */
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import { expressionKeywords } from '../../api/names.ts';
import type { Declared } from '../../cel/environment.ts';
import { listType, mapType, objectType, readType, type Type } from '../../cel/type.ts';

export interface RuleType extends Declared {
  readonly maxSize: number;
  /** In JSON, in bytes. */
  readonly minBytes: number;
}

export const maxRequestBytes = 3 * 1024 * 1024;
const minNumberBytes = 1;
const minTextBytes = 2;
const minBooleanBytes = 4;
const minDurationBytes = 3;
const dateBytes = 12;
const minTimeBytes = 21;
const maxTimeBytes = 32;

/** Undefined: rules cannot see it. `isRoot`: the schema of a whole resource, which has a name whatever it says. */
export function ruleType(schema: JSONSchemaProps, isRoot: boolean, name = 'selfType'): RuleType | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return simple('dyn', 1, textSize(schema, maxRequestBytes - 2));
  }
  switch (schema.type) {
    case 'array':
      return listRuleType(schema, name);
    case 'object':
      return typeof schema.additionalProperties === 'object' && !isRoot
        ? mapRuleType(schema, schema.additionalProperties, name)
        : objectRuleType(schema, isRoot, name);
    case 'string':
      return textRuleType(schema);
    case 'boolean':
      return simple('bool', minBooleanBytes, 0);
    case 'number':
      return simple('double', minNumberBytes, 0);
    case 'integer':
      return simple('int', minNumberBytes, 0);
    default:
      return undefined;
  }
}

function simple(name: string, minBytes: number, maxSize: number): RuleType {
  return { type: readType(name), minBytes, maxSize };
}

const isEmbedded = (schema: JSONSchemaProps): boolean => schema['x-kubernetes-embedded-resource'] === true;
const atLeastZero = (value: number): number => Math.max(value, 0);

function listRuleType(schema: JSONSchemaProps, name: string): RuleType | undefined {
  const item = schema.items as JSONSchemaProps | undefined;
  const items = item === undefined ? undefined : ruleType(item, isEmbedded(item), `${name}.@idx`);
  if (items === undefined) return undefined;
  const fits = Math.floor((maxRequestBytes - 2) / (items.minBytes + 1));
  const maxSize = schema.maxItems === undefined ? fits : atLeastZero(schema.maxItems);
  return { type: listType(items.type), items, maxSize, minBytes: 2 };
}

function mapRuleType(schema: JSONSchemaProps, value: JSONSchemaProps, name: string): RuleType | undefined {
  const items = ruleType(value, isEmbedded(value), `${name}.@elem`);
  if (items === undefined) return undefined;
  const fits = Math.floor((maxRequestBytes - 2) / (items.minBytes + 6));
  const maxSize = schema.maxProperties === undefined ? fits : atLeastZero(schema.maxProperties);
  // Keys are texts of which nothing is said.
  const keys = simple('string', minTextBytes, 0);
  return { type: mapType(keys.type, items.type), items, keys, maxSize, minBytes: 2 };
}

const text: JSONSchemaProps = { type: 'string' };
const metadata: JSONSchemaProps = { type: 'object', properties: { name: text, generateName: text } };

/** The properties of a schema, and of a whole resource what each resource has. */
export function rulePropertiesOf(schema: JSONSchemaProps, isRoot: boolean): Readonly<Record<string, JSONSchemaProps>> {
  const properties = schema.properties ?? {};
  return isRoot ? { ...properties, kind: text, apiVersion: text, metadata } : properties;
}

function objectRuleType(schema: JSONSchemaProps, isRoot: boolean, name: string): RuleType {
  const fields = new Map<string, RuleType>();
  let minBytes = 2;
  for (const [property, declared] of Object.entries(rulePropertiesOf(schema, isRoot))) {
    const type = ruleType(declared, isEmbedded(declared), `${name}.${property}`);
    if (type === undefined) continue;
    const escaped = escapedName(property);
    if (escaped !== undefined) fields.set(escaped, type);
    const isRequired = schema.required?.includes(property) === true && declared.default === undefined;
    if (isRequired) minBytes += Buffer.byteLength(property) + type.minBytes + 4;
  }
  const field = (each: string): Type | undefined => fields.get(each)?.type;
  return { type: objectType(name, { field }), fields, maxSize: 0, minBytes };
}

function textRuleType(schema: JSONSchemaProps): RuleType {
  switch (schema.format) {
    case 'byte':
      return simple('bytes', minTextBytes, schema.maxLength ?? maxRequestBytes - 2);
    case 'duration':
      return simple('duration', minDurationBytes, maxTimeBytes);
    case 'date':
      return simple('timestamp', dateBytes, dateBytes);
    case 'date-time':
      return simple('timestamp', minTimeBytes, maxTimeBytes);
    default:
      return simple('string', minTextBytes, textSize(schema, longestChoice(schema)));
  }
}

/** A character may take four bytes. */
function textSize({ maxLength }: JSONSchemaProps, otherwise: number): number {
  return maxLength === undefined ? otherwise : atLeastZero(maxLength) * 4;
}

function longestChoice({ enum: choices = [] }: JSONSchemaProps): number {
  if (choices.length === 0) return maxRequestBytes - 2;
  return Math.max(0, ...choices.map((choice) => (typeof choice === 'string' ? Buffer.byteLength(choice) : 0)));
}

const escapes: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

/** The name of a property as rules write it; undefined: they cannot. */
export function escapedName(property: string): string | undefined {
  if (expressionKeywords.has(property)) return `__${property}__`;
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(property)) return undefined;
  return property.replaceAll(/__|[./-]/g, (part) => escapes[part] ?? part);
}
