/**
 * Turns parsed JSON into a clean value of a type, as reading into a typed structure and writing it out again would:
 * fields in declared order, unknown ones dropped and reported, null taken as absent, zero values written where the
 * declaration says so, quantities and times in canonical text, everything else checked.
 *
 *   JSON.parse ──► decode(Pod, parsed) ──► { value, unknown: ['spec.containers[0].foo'] }
 *
 * Each type is compiled once, when first met, into closures. Values are fresh: nobody else holds them, but for what is
 * kept as it is (raw objects, field sets, what the caller says is known), which is shared with the input.
 */
import { resolve, type AnyType, type Field, type ListType, type MapType, type ObjectType } from '../schema.ts';
import { goTypeName, printPath, typeMismatch, type PathStep } from './decode-error.ts';
import type { DecodeContext, Decoder } from './decoder.ts';
import { isJsonObject, setOwn } from './json-object.ts';
import { lenientDecoder } from './prune.ts';
import { decodeScalar, namedText, zeroScalar } from './scalar.ts';

export interface Decoded<T> {
  readonly value: T;
  /** Paths of fields that the type does not have, in the order of the input; at most 100. */
  readonly unknown: readonly string[];
}

export interface DecodeOptions {
  /** Empty lists of fields that are always written stay, as their sender gave them; once stored they count as absent. */
  readonly keepEmpty?: boolean;
  /** Objects and lists that came out of `decode` before and have not changed: where they stand they are taken as they are. */
  readonly known?: ReadonlySet<unknown>;
  /** The value comes from a map in memory, not from JSON: whole numbers are cut to what a field holds. */
  readonly fromMap?: boolean;
}

const maxUnknown = 100;

/** Decodes a parsed JSON value; throws a DecodeError in Go's words at the first value that does not fit. */
export function decode<T>(type: ObjectType<T>, input: unknown, options?: DecodeOptions): Decoded<T>;
export function decode(type: AnyType, input: unknown, options?: DecodeOptions): Decoded<unknown>;
export function decode(type: AnyType, input: unknown, options: DecodeOptions = {}): Decoded<unknown> {
  const context: DecodeContext = {
    path: [],
    unknown: [],
    keepEmpty: options.keepEmpty === true,
    known: options.known,
    fromMap: options.fromMap === true,
  };
  const value = input === null || input === undefined ? zeroOf(type) : decoderOf(type)(input, context);
  return { value, unknown: context.unknown };
}

const decoders = new WeakMap<AnyType, Decoder>();

function decoderOf(type: AnyType): Decoder {
  let decoder = decoders.get(type);
  if (decoder === undefined) {
    decoder = compile(type);
    decoders.set(type, decoder);
  }
  return decoder;
}

function compile(type: AnyType): Decoder {
  if ('lenient' in type && type.lenient === true) return lenientDecoder(type, { decoderOf, zeroOf });
  switch (type.type) {
    case 'scalar':
      return type.goName === undefined ? decodeScalar[type.scalar] : namedText(type.goName);
    case 'list':
      return listDecoder(type);
    case 'map':
      return mapDecoder(type);
    case 'object':
      return objectDecoder(type);
    case 'lazy':
      return (input, context) => decoderOf(resolve(type))(input, context);
    case 'choice':
      return (input, context) => decoderOf(resolve(type.choose(input)))(input, context);
  }
}

function listDecoder(type: ListType): Decoder {
  const item = decoderOf(type.of);
  return (input, context) => {
    if (!Array.isArray(input)) throw typeMismatch(input, { type: goTypeName(type), kind: 'slice' }, context.path);
    if (context.known?.has(input) === true) return input;
    const { path } = context;
    const out: unknown[] = [];
    for (let i = 0; i < input.length; i++) {
      path.push(i);
      const value: unknown = input[i];
      out.push(value === null ? zeroOf(type.of) : item(value, context));
      path.pop();
    }
    return out;
  };
}

function mapDecoder(type: MapType): Decoder {
  const entry = decoderOf(type.of);
  return (input, context) => {
    if (!isJsonObject(input)) throw typeMismatch(input, { type: goTypeName(type), kind: 'map' }, context.path);
    const { path } = context;
    const out: Record<string, unknown> = {};
    for (const key of sortedKeys(input)) {
      path.push(key);
      const value = input[key];
      setOwn(out, key, value === null ? zeroOf(type.of) : entry(value, context));
      path.pop();
    }
    return out;
  };
}

function sortedKeys(input: object): string[] {
  const keys = Object.keys(input);
  for (let i = 1; i < keys.length; i++) {
    if ((keys[i - 1] ?? '') > (keys[i] ?? '')) return keys.sort();
  }
  return keys;
}

/** How one field of an object is read, and what stands there when nobody gave it. */
interface Slot {
  readonly index: number;
  readonly name: string;
  readonly step: PathStep;
  /** Undefined when the value is not written. */
  readonly decode: Decoder;
  readonly missing: (() => unknown) | undefined;
}

function objectDecoder(type: ObjectType): Decoder {
  let slots: readonly Slot[] | undefined;
  let byName = new Map<string, Slot>();
  /** Where values are gathered; undefined while an object inside of another of its type is read. */
  let scratch: unknown[] | undefined;
  return (input, context) => {
    if (!isJsonObject(input)) throw typeMismatch(input, { type: goTypeName(type), kind: 'struct' }, context.path);
    if (context.known?.has(input) === true) return input;
    if (slots === undefined) {
      slots = slotsOf(type);
      byName = new Map(slots.map((slot) => [slot.name, slot]));
      scratch = slots.map(() => undefined);
    }
    const { path } = context;
    const values = scratch ?? slots.map(() => undefined);
    scratch = undefined;
    try {
      for (const key in input) {
        const slot = byName.get(key);
        if (slot === undefined) {
          if (context.unknown.length < maxUnknown) context.unknown.push(printPath(path, key));
          continue;
        }
        const value = input[key];
        if (value === null || value === undefined) continue;
        path.push(slot.step);
        values[slot.index] = slot.decode(value, context);
        path.pop();
      }
      return writeOut(slots, values);
    } finally {
      scratch = values.fill(undefined);
    }
  };
}

function writeOut(slots: readonly Slot[], values: readonly unknown[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (let i = 0; i < slots.length; i++) {
    const value = values[i];
    const slot = slots[i];
    if (slot === undefined) continue;
    if (value !== undefined) out[slot.name] = value;
    else if (slot.missing !== undefined) out[slot.name] = slot.missing();
  }
  return out;
}

function slotsOf(type: ObjectType): Slot[] {
  const owner = type.name.slice(type.name.lastIndexOf('.') + 1);
  return Object.entries(type.fields).map(([name, field], index) => ({
    index,
    name,
    step: { field: name, owner },
    decode: fieldDecoder(field, storesEmptyLists(type)),
    missing: missingValue(field),
  }));
}

function fieldDecoder(field: Field, keepsEmpty: boolean): Decoder {
  const type = field.type;
  const inner = decoderOf(type);
  const written = field.presence === 'required' || field.presence === 'always';
  if (type.type === 'list') {
    if (written && keepsEmpty) return inner;
    return (input, context) => {
      const value = inner(input, context);
      return Array.isArray(value) && value.length === 0 && !(written && context.keepEmpty) ? undefined : value;
    };
  }
  if (type.type === 'map') {
    if (written && keepsEmpty) return inner;
    return (input, context) => {
      const value = inner(input, context);
      return isEmptyObject(value) && !(written && context.keepEmpty) ? undefined : value;
    };
  }
  if (type.type !== 'scalar' || field.presence !== 'optional' || field.options.nullable === true) return inner;
  return (input, context) => {
    const value = inner(input, context);
    return value === '' || value === false || (value === 0 && type.scalar !== 'intOrString') ? undefined : value;
  };
}

/**
 * Most kinds lie in the store as protobuf, which knows no empty list beside the missing one; these lie there as JSON.
 */
function storesEmptyLists(type: ObjectType): boolean {
  return /^io\.k8s\.(?:apiextensions-apiserver|kube-aggregator)\./.test(type.name);
}

function missingValue({ presence, options, type }: Field): (() => unknown) | undefined {
  if (options.nullable === true) return () => null;
  if (presence === 'optional' || presence === 'pointer') return undefined;
  if (type.type === 'object' || type.type === 'lazy') return () => zeroOf(type);
  const zero = zeroOf(type);
  return () => zero;
}

/** What a value of the type is when nobody gave it: '', 0, false, null, or an object with its own such fields. */
export function zeroOf(type: AnyType): unknown {
  switch (type.type) {
    case 'scalar':
      return zeroScalar(type.scalar);
    case 'object': {
      const out: Record<string, unknown> = {};
      for (const [name, missing] of missingFields(type)) out[name] = missing();
      return out;
    }
    case 'lazy':
      return zeroOf(type.get());
    case 'list':
    case 'map':
    case 'choice':
      return null;
  }
}

type MissingField = readonly [name: string, value: () => unknown];
const missingOfTypes = new WeakMap<ObjectType, readonly MissingField[]>();

/** The fields that are written though nobody gave them. */
function missingFields(type: ObjectType): readonly MissingField[] {
  let found = missingOfTypes.get(type);
  if (found === undefined) {
    found = Object.entries(type.fields).flatMap(([name, field]) => {
      const value = missingValue(field);
      return value === undefined ? [] : [[name, value]];
    });
    missingOfTypes.set(type, found);
  }
  return found;
}

function isEmptyObject(value: unknown): boolean {
  for (const _ in value as object) return false;
  return true;
}
