/** Types of API objects, built-in and custom, as expressions see them: what a field may be called, and what it holds. */
import { resolve, type AnyType, type ObjectType, type Scalar } from '../api/schema.ts';
import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  objectType,
  stringType,
  timestampType,
  type Type,
} from './type.ts';

const scalars: Readonly<Record<Scalar, Type>> = {
  string: stringType,
  boolean: boolType,
  int32: intType,
  int64: intType,
  double: doubleType,
  bytes: bytesType,
  time: timestampType,
  microTime: timestampType,
  duration: durationType,
  quantity: dynType,
  intOrString: dynType,
  rawObject: dynType,
  json: dynType,
  fieldSet: dynType,
};

const objects = new WeakMap<ObjectType, Type>();

/** What may hold anything is dyn: nothing is said about it. */
export function typeOfSchema(schema: AnyType): Type {
  switch (schema.type) {
    case 'scalar':
      return scalars[schema.scalar];
    case 'list':
      return listType(typeOfSchema(schema.of));
    case 'map':
      return mapType(stringType, typeOfSchema(schema.of));
    case 'lazy':
      return typeOfSchema(resolve(schema));
    case 'choice':
      return dynType;
    case 'object':
      return schema.rest === undefined ? typeOfObject(schema) : dynType;
  }
}

function typeOfObject(schema: ObjectType): Type {
  let type = objects.get(schema);
  if (type === undefined) {
    const known = new Map<string, Type>();
    const field = (name: string): Type | undefined => {
      const declared = fieldName(schema, name);
      if (declared === undefined) return undefined;
      let found = known.get(declared);
      if (found === undefined) {
        const { type: of } = schema.fields[declared] as ObjectType['fields'][string];
        known.set(declared, (found = typeOfSchema(of)));
      }
      return found;
    };
    objects.set(schema, (type = objectType(schema.name, { field })));
  }
  return type;
}

/** Names that are no identifiers are written with escapes, such as `__dash__`. */
function fieldName({ fields }: ObjectType, name: string): string | undefined {
  if (Object.hasOwn(fields, name)) return name;
  const plain = name
    .replace(/^__([a-z]+)__$/, '$1')
    .replaceAll('__dot__', '.')
    .replaceAll('__dash__', '-')
    .replaceAll('__slash__', '/')
    .replaceAll('__underscores__', '__');
  return Object.hasOwn(fields, plain) ? plain : undefined;
}
