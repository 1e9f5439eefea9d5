/**
 * Turns the structural schema of a CustomResourceDefinition into a type of the same language as built-in types, so that
 * reading, defaults, apply and OpenAPI work alike.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
import { ObjectMeta } from './groups/meta.v1.ts';
import { joinApiVersion, type KindType } from './message.ts';
import {
  always,
  choice,
  json,
  lazy,
  pointer,
  type AnyType,
  type Field,
  type FieldOptions,
  type Json,
  type ListOptions,
  type ObjectType,
  type ScalarType,
} from './schema.ts';

/** The parts of JSONSchemaProps that give a type its shape. */
export interface StructuralSchema {
  readonly type?: string | undefined;
  readonly format?: string | undefined;
  readonly nullable?: boolean | undefined;
  readonly default?: Json | undefined;
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, StructuralSchema>> | undefined;
  readonly additionalProperties?: StructuralSchema | boolean | undefined;
  readonly items?: StructuralSchema | readonly StructuralSchema[] | undefined;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean | undefined;
  readonly 'x-kubernetes-embedded-resource'?: boolean | undefined;
  readonly 'x-kubernetes-int-or-string'?: boolean | undefined;
  readonly 'x-kubernetes-list-type'?: string | undefined;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[] | undefined;
  readonly 'x-kubernetes-map-type'?: string | undefined;
}

export interface CustomKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Undefined: anything goes. */
  readonly schema: StructuralSchema | undefined;
}

/** The type of a custom resource. */
export function kindFromSchema({ group, version, kind, schema }: CustomKind): KindType {
  const name = `${group.split('.').toReversed().join('.')}.${version}.${kind}`;
  const root = objectFrom(name, schema ?? { 'x-kubernetes-preserve-unknown-fields': true }, typeFields());
  return { ...root, atomic: false, group, version, kind, apiVersion: joinApiVersion(group, version) };
}

/** What every object has; its metadata is read like that of built-in kinds. */
function typeFields(): Record<string, Field> {
  const text: ScalarType = { type: 'scalar', scalar: 'string', lenient: true };
  return { apiVersion: pointer(0, text), kind: pointer(0, text), metadata: always(0, ObjectMeta) };
}

/** The same of objects inside of others, which need no metadata. */
const embeddedFields = (): Record<string, Field> => ({ ...typeFields(), metadata: pointer(0, ObjectMeta) });

/** Any JSON: objects have parts of their own, lists and scalars are one value. */
const anything: AnyType = choice((value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? anyObject : json,
);
const anyObject: AnyType = { type: 'map', of: lazy(() => anything), atomic: false, lenient: true };

function typeFrom(name: string, schema: StructuralSchema): AnyType {
  if (schema['x-kubernetes-int-or-string'] === true) return { type: 'scalar', scalar: 'intOrString', lenient: true };
  switch (schema.type) {
    case 'object':
      return containerFrom(name, schema);
    case 'array':
      return listFrom(name, schema);
    case 'string':
    case 'boolean':
      return { type: 'scalar', scalar: schema.type, lenient: true };
    case 'integer':
      return { type: 'scalar', scalar: schema.format === 'int32' ? 'int32' : 'int64', lenient: true };
    case 'number':
      return { type: 'scalar', scalar: 'double', lenient: true };
    default:
      return schema.properties === undefined ? anything : containerFrom(name, schema);
  }
}

function containerFrom(name: string, schema: StructuralSchema): AnyType {
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const { additionalProperties, properties } = schema;
  const atomic = schema['x-kubernetes-map-type'] === 'atomic';
  const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (embedded || properties !== undefined) return objectFrom(name, schema, embedded ? embeddedFields() : {});
  if (keepsUnknown || additionalProperties === true) return { type: 'map', of: anything, atomic, lenient: true };
  if (typeof additionalProperties === 'object') {
    return { type: 'map', of: typeFrom(`${name}.additionalProperties`, additionalProperties), atomic, lenient: true };
  }
  return objectFrom(name, schema, {});
}

function objectFrom(name: string, schema: StructuralSchema, known: Readonly<Record<string, Field>>): ObjectType {
  const fields: Record<string, Field> = { ...known };
  for (const [key, property] of Object.entries(schema.properties ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (Object.hasOwn(known, key)) continue;
    const options: FieldOptions = {
      ...(property.default === undefined ? {} : { default: property.default }),
      ...(property.nullable === true ? { keepsNull: true } : {}),
    };
    fields[key] = pointer(0, typeFrom(`${name}.${key}`, property), options);
  }
  const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const atomic = schema['x-kubernetes-map-type'] === 'atomic';
  return {
    type: 'object',
    name,
    fields,
    inlined: [],
    atomic,
    lenient: true,
    ...(keepsUnknown ? { rest: anything } : {}),
  };
}

function listFrom(name: string, schema: StructuralSchema): AnyType {
  const { items } = schema;
  const item = items === undefined || isSchemaList(items) ? anything : typeFrom(`${name}.items`, items);
  return { type: 'list', of: item, options: listOptions(schema), lenient: true };
}

const isSchemaList = (items: StructuralSchema | readonly StructuralSchema[]): items is readonly StructuralSchema[] =>
  Array.isArray(items);

function listOptions(schema: StructuralSchema): ListOptions {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  if (listType === 'map' && keys !== undefined) return { listType, keys };
  return listType === 'set' ? { listType } : {};
}
