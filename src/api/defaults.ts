/**
 * The constants that stand in for fields which nobody gave, as the declarations say. What depends on other fields is a
 * matter of the kind's descriptor. Compiled once a type; parts of a type that hold no constant are never visited.
 */
import { resolve, type AnyType, type Field, type ObjectType } from './schema.ts';

/** Sets missing values in place. Undefined: nothing below has a default. */
type Filler = ((value: unknown) => void) | undefined;

/** Fills in the constants of an object and of everything below it, in place. */
export function applyDefaults(type: AnyType, draft: unknown): void {
  fillerOf(type)?.(draft);
}

const fillers = new WeakMap<AnyType, { readonly filler: Filler }>();

function fillerOf(type: AnyType): Filler {
  let known = fillers.get(type);
  if (known === undefined) {
    known = { filler: hasDefaults(type, new Set()) ? compile(type) : undefined };
    fillers.set(type, known);
  }
  return known.filler;
}

function hasDefaults(type: AnyType, seen: Set<AnyType>): boolean {
  if (type.type === 'scalar' || type.type === 'choice') return false;
  if (seen.has(type)) return false;
  seen.add(type);
  if (type.type === 'object') {
    return Object.values(type.fields).some(
      (field) => field.options.default !== undefined || hasDefaults(field.type, seen),
    );
  }
  return hasDefaults(type.type === 'lazy' ? resolve(type) : type.of, seen);
}

function compile(type: AnyType): (value: unknown) => void {
  switch (type.type) {
    case 'list':
      return (value) => {
        if (Array.isArray(value)) for (const item of value) fillerOf(type.of)?.(item);
      };
    case 'map':
      return (value) => {
        if (isObject(value)) for (const item of Object.values(value)) fillerOf(type.of)?.(item);
      };
    case 'lazy':
      return (value) => fillerOf(resolve(type))?.(value);
    case 'object':
      return objectFiller(type);
    default:
      return () => {};
  }
}

function objectFiller(type: ObjectType): (value: unknown) => void {
  const constants = Object.entries(type.fields).filter(([, field]) => field.options.default !== undefined);
  const below = Object.entries(type.fields).filter(([, field]) => hasDefaults(field.type, new Set()));
  return (value) => {
    if (!isObject(value)) return;
    for (const [name, field] of constants) {
      const given = value[name];
      const missing = given === undefined || (given === null && field.options.keepsNull !== true);
      if (missing) value[name] = constantOf(field);
    }
    for (const [name, field] of below) {
      const item = value[name];
      if (item !== undefined && item !== null) fillerOf(field.type)?.(item);
    }
  };
}

const constantOf = ({ options }: Field): unknown =>
  typeof options.default === 'object' ? structuredClone(options.default) : options.default;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
