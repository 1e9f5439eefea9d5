/**
 * How server-side apply sees a type: what is one value, what has parts that may belong to different managers, and how
 * the items of a list are told apart.
 */
import { publishedDefault } from '../published-default.ts';
import {
  resolve,
  type AnyType,
  type Field,
  type Json,
  type ListType,
  type ObjectType,
  type Scalar,
} from '../schema.ts';

export interface ScalarShape {
  readonly kind: 'scalar';
  readonly accepts: 'string' | 'numeric' | 'boolean' | 'scalar';
}

export interface ListShape {
  readonly kind: 'list';
  readonly relation: 'atomic' | 'set' | 'map';
  /** Sorted; of a map list. */
  readonly keys: readonly string[];
  readonly keyDefaults: Readonly<Record<string, Json>>;
  readonly of: AnyType;
}

export interface MapShape {
  readonly kind: 'map';
  readonly atomic: boolean;
  /** The declared fields; undefined in a map with free keys. */
  readonly fields: ObjectType['fields'] | undefined;
  /** The type of entries in a map with free keys, or of fields beyond the declared ones. */
  readonly of: AnyType | undefined;
}

/** Any JSON, as one value. */
export interface OpaqueShape {
  readonly kind: 'opaque';
}

export type Shape = ScalarShape | ListShape | MapShape | OpaqueShape;

const opaque: OpaqueShape = { kind: 'opaque' };
const shapes = new WeakMap<AnyType, Shape>();
const fieldShapes = new WeakMap<Field, Shape>();

/** `value`: what some types depend on. */
export function shapeOf(type: AnyType, value: unknown): Shape {
  if (type.type === 'choice') return shapeOf(type.choose(value), value);
  if (type.type === 'lazy') return shapeOf(resolve(type), value);
  let shape = shapes.get(type);
  if (shape === undefined) {
    shape = compile(type);
    shapes.set(type, shape);
  }
  return shape;
}

/** The shape of a field: it may be one value where its type has parts, or have parts where its type is one. */
function shapeOfField(field: Field, value: unknown): Shape {
  const { atomic } = field.options;
  if (atomic === undefined) return shapeOf(field.type, value);
  let shape = fieldShapes.get(field);
  if (shape === undefined) {
    const own = shapeOf(field.type, value);
    shape = own.kind === 'map' ? { ...own, atomic } : own;
    fieldShapes.set(field, shape);
  }
  return shape;
}

/** The shape below a map; undefined when the object has no such field. */
export function shapeOfEntry(shape: MapShape, name: string, value: unknown): Shape | undefined {
  const { fields, of } = shape;
  const field = fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field !== undefined) return shapeOfField(field, value);
  return of === undefined ? undefined : shapeOf(of, value);
}

/** The shape of this declared field is the same whatever its value. */
export function isFixed({ fields }: MapShape, name: string): boolean {
  const field = fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
  return field !== undefined && resolve(field.type).type !== 'choice';
}

function compile(type: Exclude<AnyType, { type: 'lazy' | 'choice' }>): Shape {
  switch (type.type) {
    case 'scalar':
      return scalarShape(type.scalar);
    case 'list':
      return listShape(type);
    case 'map':
      return { kind: 'map', atomic: type.atomic, fields: undefined, of: type.of };
    case 'object':
      return { kind: 'map', atomic: type.atomic, fields: type.fields, of: type.rest };
  }
}

function scalarShape(scalar: Scalar): Shape {
  switch (scalar) {
    case 'int32':
    case 'int64':
    case 'double':
      return { kind: 'scalar', accepts: 'numeric' };
    case 'boolean':
      return { kind: 'scalar', accepts: 'boolean' };
    case 'quantity':
    case 'intOrString':
      return { kind: 'scalar', accepts: 'scalar' };
    case 'rawObject':
    case 'json':
    case 'fieldSet':
      return opaque;
    default:
      return { kind: 'scalar', accepts: 'string' };
  }
}

function listShape({ of, options }: ListType): ListShape {
  const relation = options.listType ?? 'atomic';
  const keys = [...(options.keys ?? [])].sort();
  return { kind: 'list', relation, keys, keyDefaults: relation === 'map' ? defaultsOf(of, keys) : {}, of };
}

function defaultsOf(of: AnyType, keys: readonly string[]): Readonly<Record<string, Json>> {
  const item = of.type === 'choice' ? undefined : resolve(of);
  if (item?.type !== 'object') return {};
  const defaults: Record<string, Json> = {};
  for (const key of keys) {
    const field = item.fields[key];
    const value = field === undefined ? undefined : publishedDefault(field);
    if (value !== undefined) defaults[key] = value;
  }
  return defaults;
}
