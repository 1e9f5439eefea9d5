/**
 * Values as the rules of x-kubernetes-validations see them: whole numbers and fractions told apart by the schema, times
 * and bytes as such, and field names that are no identifiers escaped.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
 */
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { isJsonObject } from '../../api/codec/json-object.ts';

export function ruleValue(schema: JSONSchemaProps, value: Json): unknown {
  if (Array.isArray(value)) {
    const item = schema.items as JSONSchemaProps | undefined;
    return (value as readonly Json[]).map((each) => ruleValue(item ?? {}, each));
  }
  if (isJsonObject(value)) return ruleObject(schema, value);
  if (typeof value === 'number') return schema.type === 'number' ? value : wholeNumber(value);
  return typeof value === 'string' ? ruleText(schema, value) : value;
}

const wholeNumber = (value: number): bigint | number => (Number.isInteger(value) ? BigInt(value) : value);

function ruleText({ type, format }: JSONSchemaProps, value: string): unknown {
  if (type !== 'string') return value;
  if (format === 'date-time' || format === 'date') {
    const time = new Date(value);
    return Number.isNaN(time.getTime()) ? value : time;
  }
  return format === 'byte' ? new Uint8Array(Buffer.from(value, 'base64')) : value;
}

function ruleObject(schema: JSONSchemaProps, value: JsonObject): object {
  const { properties = {}, additionalProperties } = schema;
  const members: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    // What is null may as well not be there.
    if (member === null) continue;
    const declared = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const rest = typeof additionalProperties === 'object' ? additionalProperties : {};
    members[declared === undefined ? name : escaped(name)] = ruleValue(declared ?? rest, member);
  }
  return members;
}

const reserved = new Set(
  [
    'true',
    'false',
    'null',
    'in',
    'as',
    'break',
    'const',
    'continue',
    'else',
    'for',
    'function',
    'if',
    'import',
    'let',
  ].concat(['loop', 'package', 'namespace', 'return', 'var', 'void', 'while']),
);

function escaped(name: string): string {
  if (reserved.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}
