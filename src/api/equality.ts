/**
 * Whether two values of one type mean the same to the API: zero values of optional fields, empty lists and empty maps
 * count as not given; pointers (fields whose explicit zero stays) are compared as they are.
 */
import { resolve, type AnyType, type Field } from './schema.ts';

export function sameValue(type: AnyType, a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const resolved = resolve(type);
  switch (resolved.type) {
    case 'list':
      return sameList(resolved.of, asList(a), asList(b));
    case 'map':
      return sameMap(resolved.of, asRecord(a), asRecord(b));
    case 'object':
      return Object.entries(resolved.fields).every(([name, field]) =>
        sameField(field, asRecord(a)[name], asRecord(b)[name]),
      );
    case 'choice':
      return samePlain(a, b);
    case 'scalar':
      return sameScalar(resolved.scalar, a, b);
  }
}

function sameField(field: Field, a: unknown, b: unknown): boolean {
  if (field.presence === 'pointer' && isGiven(a) !== isGiven(b)) return false;
  return sameValue(field.type, a, b);
}

function sameList(of: AnyType, a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => sameValue(of, item, b[index]));
}

function sameMap(of: AnyType, a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(of, a[key], b[key]))
  );
}

function sameScalar(scalar: string, a: unknown, b: unknown): boolean {
  if (scalar === 'rawObject' || scalar === 'json' || scalar === 'fieldSet') return samePlain(a, b);
  return isZero(a) && isZero(b);
}

/** Any JSON, member by member; undefined members do not count. */
export function samePlain(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return (a ?? null) === (b ?? null);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a).filter(([, value]) => value !== undefined);
  const right = Object.entries(b).filter(([, value]) => value !== undefined);
  return left.length === right.length && left.every(([key, value]) => samePlain(value, asRecord(b)[key]));
}

/** A text that is the same for values that samePlain() holds to be the same, and for no others. */
export function plainIdentity(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(plainIdentity).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const texts = members.map(([key, member]) => `${JSON.stringify(key)}:${plainIdentity(member)}`);
  return `{${texts.toSorted().join(',')}}`;
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;
const isZero = (value: unknown): boolean => !isGiven(value) || value === '' || value === 0 || value === false;
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
