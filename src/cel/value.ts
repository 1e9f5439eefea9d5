/**
 * Values of expressions.
 *
 *   bool → boolean    int → bigint    double → number    string → string    bytes → Uint8Array    null → null
 *   list → array      all else → an object that says its kind
 *
 * Lists and maps may be views of API objects: items are converted when they are read.
 */
import { EvaluationError } from './errors.ts';
import { reordered } from './list-kinds.ts';
import type { Type } from './type.ts';
import { countSteps } from './walk-limit.ts';

export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | UintValue
  | TimestampValue
  | DurationValue
  | TypeValue
  | OptionalValue
  | MapValue
  | ExtensionValue;

export interface UintValue {
  readonly kind: 'uint';
  readonly value: bigint;
}

export interface TimestampValue {
  readonly kind: 'timestamp';
  /** Since 1970. */
  readonly nanos: bigint;
}

export interface DurationValue {
  readonly kind: 'duration';
  readonly nanos: bigint;
}

export interface TypeValue {
  readonly kind: 'type';
  readonly type: Type;
}

export interface OptionalValue {
  readonly kind: 'optional';
  /** Undefined: none. */
  readonly value: Value | undefined;
}

/** A map, or an object, whose fields are keys. */
export interface MapValue {
  readonly kind: 'map';
  /** Undefined: no such key. */
  get(key: Value): Value | undefined;
  keys(): readonly Value[];
  readonly size: number;
  /** Of objects that have a name. */
  readonly typeName?: string;
}

/** A value of a library: what it is, and its data, which only the library reads. */
export interface ExtensionValue {
  readonly kind: 'extension';
  readonly type: Type;
  readonly data: unknown;
  equals(other: unknown): boolean;
  /** For libraries that count by size. */
  readonly size?: number;
}

export function fail(message: string): never {
  throw new EvaluationError(message);
}

export const noSuchOverload = (): never => fail('no such overload');

export const uint = (value: bigint): UintValue => ({ kind: 'uint', value });
export const timestampValue = (nanos: bigint): TimestampValue => ({ kind: 'timestamp', nanos });
export const durationValue = (nanos: bigint): DurationValue => ({ kind: 'duration', nanos });
export const optionalOf = (value: Value): OptionalValue => ({ kind: 'optional', value });
export const optionalNone: OptionalValue = { kind: 'optional', value: undefined };

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
export const isBytes = (value: Value): value is Uint8Array => value instanceof Uint8Array;

/** Values with a `kind`. */
export type Boxed = Extract<Value, { readonly kind: string }>;

export function boxed(value: Value): Boxed | undefined {
  return typeof value === 'object' && value !== null && 'kind' in value ? value : undefined;
}

export const isMap = (value: Value): value is MapValue => boxed(value)?.kind === 'map';
export const isUint = (value: Value): value is UintValue => boxed(value)?.kind === 'uint';

/** Equal keys have equal texts: numbers of all kinds are compared by value. Undefined: nothing that may be a key. */
export function keyText(key: Value): string | undefined {
  switch (typeof key) {
    case 'string':
      return `s${key}`;
    case 'boolean':
      return `b${key}`;
    case 'bigint':
      return `n${key}`;
    case 'number':
      return Number.isInteger(key) ? `n${BigInt(key)}` : `n${key}`;
    default:
      return key !== null && isUint(key) ? `n${key.value}` : undefined;
  }
}

/** The entries of maps that were computed. */
const backing = new WeakMap<MapValue, Map<string, readonly [Value, Value]>>();

type Entries = readonly (readonly [Value, Value])[];

/** A map of what was computed. */
export function mapOf(entries: Entries, named?: string): MapValue {
  const values = new Map<string, readonly [Value, Value]>();
  const map: MapValue = {
    kind: 'map',
    get: (key) => values.get(keyText(key) ?? '')?.[1],
    keys: () => Array.from(values.values(), ([key]) => key),
    get size() {
      return values.size;
    },
    ...(named === undefined ? {} : { typeName: named }),
  };
  backing.set(map, values);
  addEntries(map, entries, (key) => `Failed with repeated key: ${key}`);
  return map;
}

/** Changes a map that only its maker knows yet. */
export function addEntries(map: MapValue, entries: Entries, repeated: (key: string) => string): void {
  const values = backing.get(map);
  if (values === undefined) throw new Error('the map was not made by mapOf');
  for (const entry of entries) {
    const text = keyText(entry[0]);
    if (text === undefined) fail('unsupported key type');
    if (values.has(text)) fail(repeated(text.slice(1)));
    values.set(text, entry);
  }
}

export function equalValues(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) return sameObject(a, b);
  const [x, y] = [numeric(a), numeric(b)];
  if (x === undefined || y === undefined) return false;
  // As in cel-go, a whole number is compared with a double as a double.
  return typeof x === typeof y ? x === y : Number(x) === Number(y);
}

/** A number, whichever its type. */
export function numeric(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value !== null && typeof value === 'object' && isUint(value) ? value.value : undefined;
}

function sameObject(a: Value & object, b: Value & object): boolean {
  countSteps(1);
  if (isList(a)) return isList(b) && a.length === b.length && equalItems(a, reordered(a, b) ?? b);
  if (isBytes(a)) return isBytes(b) && Buffer.compare(a, b) === 0;
  const [x, y] = [boxed(a), boxed(b)];
  if (x === undefined || y === undefined || x.kind !== y.kind) return false;
  switch (x.kind) {
    case 'uint':
      return x.value === (y as UintValue).value;
    case 'timestamp':
    case 'duration':
      return x.nanos === (y as TimestampValue).nanos;
    case 'type':
      return typeText(x.type) === typeText((y as TypeValue).type);
    case 'optional':
      return sameOptional(x.value, (y as OptionalValue).value);
    case 'extension':
      return typeText(x.type) === typeText((y as ExtensionValue).type) && x.equals((y as ExtensionValue).data);
    case 'map':
      return sameMap(x, y as MapValue);
  }
}

const equalItems = (a: readonly Value[], b: readonly Value[]): boolean =>
  a.every((each, i) => equalValues(each, b[i] as Value));

/** Types are equal by name, whatever their parameters. */
const typeText = (type: Type): string => ('name' in type ? type.name : type.kind);

function sameOptional(a: Value | undefined, b: Value | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalValues(a, b);
}

function sameMap(a: MapValue, b: MapValue): boolean {
  if (a.size !== b.size) return false;
  return a.keys().every((key) => {
    const [x, y] = [a.get(key), b.get(key)];
    return x !== undefined && y !== undefined && equalValues(x, y);
  });
}
