/**
 * Types of the Common Expression Language, as the checker sees them and as error texts show them.
 * https://github.com/google/cel-spec/blob/master/doc/langdef.md
 *
 *   scalar kinds    bool, int, uint, double, string, bytes, null, timestamp, duration, dyn, error
 *   list, map       parameters: item; key and value
 *   type            the type of a type; parameter: that type, where known
 *   opaque          a name with parameters, such as optional_type(int) or net.IP
 *   object          a name with fields
 *   parameter       stands for any type within one declaration or expression
 */

export type ScalarKind =
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'null'
  | 'timestamp'
  | 'duration'
  | 'dyn'
  | 'error';

export type Type =
  | { readonly kind: ScalarKind; readonly parameters: readonly [] }
  | { readonly kind: 'list'; readonly parameters: readonly [Type] }
  | { readonly kind: 'map'; readonly parameters: readonly [Type, Type] }
  | { readonly kind: 'type'; readonly parameters: readonly Type[] }
  | { readonly kind: 'opaque'; readonly name: string; readonly parameters: readonly Type[] }
  | ObjectType
  | { readonly kind: 'parameter'; readonly name: string; readonly parameters: readonly [] };

export interface ObjectType {
  readonly kind: 'object';
  readonly name: string;
  readonly parameters: readonly [];
  /** The type of a field; undefined: there is no such field. Absent: the type has no fields that expressions may name. */
  readonly field?: (name: string) => Type | undefined;
  /** Expressions may make such objects, as in `Object.spec{replicas: 3}`. */
  readonly creatable?: boolean;
}

const scalar = (kind: ScalarKind): Type => ({ kind, parameters: [] });

export const boolType = scalar('bool');
export const intType = scalar('int');
export const uintType = scalar('uint');
export const doubleType = scalar('double');
export const stringType = scalar('string');
export const bytesType = scalar('bytes');
export const nullType = scalar('null');
export const timestampType = scalar('timestamp');
export const durationType = scalar('duration');
export const dynType = scalar('dyn');
export const errorType = scalar('error');

export const listType = (item: Type): Type => ({ kind: 'list', parameters: [item] });
export const mapType = (key: Type, value: Type): Type => ({ kind: 'map', parameters: [key, value] });
export const typeType = (of?: Type): Type => ({ kind: 'type', parameters: of === undefined ? [] : [of] });
export const opaqueType = (name: string, ...parameters: Type[]): Type => ({ kind: 'opaque', name, parameters });
export const optionalType = (of: Type): Type => opaqueType('optional_type', of);
const parameterType = (name: string): Type => ({ kind: 'parameter', name, parameters: [] });
export const objectType = (name: string, more: Pick<ObjectType, 'field' | 'creatable'> = {}): ObjectType => ({
  kind: 'object',
  name,
  parameters: [],
  ...more,
});

export const isOptional = (type: Type): boolean => type.kind === 'opaque' && type.name === 'optional_type';

/** What an optional holds; other types as they are. */
export function unwrapOptional(type: Type): Type {
  return isOptional(type) ? (type.parameters[0] ?? dynType) : type;
}

/** As shown to users. */
export function formatType(type: Type): string {
  if (type.kind === 'error') return '!error!';
  const name = 'name' in type ? type.name : type.kind;
  const shown = type.parameters.map(formatType).join(', ');
  return shown === '' ? name : `${name}(${shown})`;
}

/** The name that `type(value)` gives, such as google.protobuf.Timestamp. */
export function typeName(type: Type): string {
  if (type.kind === 'timestamp') return 'google.protobuf.Timestamp';
  if (type.kind === 'duration') return 'google.protobuf.Duration';
  if (type.kind === 'null') return 'null_type';
  return 'name' in type ? type.name : type.kind;
}

export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.parameters.length !== b.parameters.length) return false;
  if ('name' in a && 'name' in b && a.name !== b.name) return false;
  return a.parameters.every((each, i) => sameType(each, b.parameters[i] as Type));
}

const scalarsByName = new Map<string, Type>(
  [boolType, intType, uintType, doubleType, stringType, bytesType, nullType, timestampType, durationType, dynType].map(
    (type) => [type.kind, type],
  ),
);

/**
 * Reads a type as declarations write it: `map(string, list(A))`. A single capital letter is a parameter, `optional(A)` an
 * optional, a name with a dot and a lower-case start an opaque type, other names are objects.
 */
export function readType(text: string): Type {
  const open = text.indexOf('(');
  const name = open < 0 ? text.trim() : text.slice(0, open).trim();
  const inner = open < 0 ? [] : splitTop(text.slice(open + 1, text.lastIndexOf(')'))).map(readType);
  const [first = dynType, second = dynType] = inner;
  const known = scalarsByName.get(name);
  if (known !== undefined) return known;
  if (/^[A-Z]$/.test(name)) return parameterType(name);
  if (name === 'list') return listType(first);
  if (name === 'map') return mapType(first, second);
  if (name === 'type') return typeType(inner[0]);
  if (name === 'optional') return optionalType(first);
  return name.startsWith('net.') ? opaqueType(name) : objectType(name);
}

function splitTop(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const [at, char] of [...text].entries()) {
    if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
