/**
 * Protobuf as Kubernetes sends it: `k8s\0`, then a runtime.Unknown with the type's name and the message itself. The wire
 * is read by field numbers from the type declarations into the same plain values that JSON gives, so that everything
 * after this is shared. https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 */
import protobuf from 'protobufjs/minimal.js';
import { resolve, type AnyType, type Json, type JsonObject, type ObjectType, type Scalar } from '../schema.ts';
import { setOwn } from './json-object.ts';

const { Reader } = protobuf;
type Reader = InstanceType<typeof Reader>;

const magic = Buffer.from('k8s\0');
const maxDepth = 100;

/** The bytes are no such message. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

export interface Unwrapped {
  readonly apiVersion: string;
  readonly kind: string;
  readonly message: Uint8Array;
}

/** Takes the envelope off. @throws ProtobufError */
export function unwrapProtobuf(bytes: Uint8Array): Unwrapped {
  if (bytes.length < magic.length || !magic.equals(bytes.subarray(0, magic.length))) {
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  return guarded(() => {
    const reader = Reader.create(bytes.subarray(magic.length));
    let apiVersion = '';
    let kind = '';
    let message = new Uint8Array();
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag >>> 3 === 2) message = new Uint8Array(reader.bytes());
      else if (tag >>> 3 === 1) [apiVersion, kind] = readTypeMeta(reader);
      else reader.skipType(tag & 7);
    }
    return { apiVersion, kind, message };
  });
}

/** The message as the value its JSON would give. @throws ProtobufError */
export function readProtobuf(type: ObjectType, bytes: Uint8Array): JsonObject {
  return guarded(() => readMessage(type, Reader.create(bytes), bytes.length, 0));
}

function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtobufError) throw error;
    throw new ProtobufError(error instanceof Error ? error.message : String(error));
  }
}

function readTypeMeta(reader: Reader): [string, string] {
  const end = reader.uint32() + reader.pos;
  const values: [string, string] = ['', ''];
  while (reader.pos < end) {
    const tag = reader.uint32();
    const number = tag >>> 3;
    if (number === 1 || number === 2) values[number - 1] = reader.string();
    else reader.skipType(tag & 7);
  }
  return values;
}

interface Slot {
  readonly name: string;
  readonly type: AnyType;
  /** A message whose fields belong to the surrounding object. */
  readonly inlined: boolean;
}

const slotsOfTypes = new WeakMap<ObjectType, ReadonlyMap<number, Slot>>();

function slotsOf(type: ObjectType): ReadonlyMap<number, Slot> {
  let slots = slotsOfTypes.get(type);
  if (slots === undefined) {
    const inlinedNames = new Set(type.inlined.flatMap(({ of }) => Object.keys(of.fields)));
    const own = Object.entries(type.fields).filter(([name, { number }]) => number > 0 && !inlinedNames.has(name));
    slots = new Map<number, Slot>([
      ...own.map(([name, field]) => [field.number, { name, type: field.type, inlined: false }] as const),
      ...type.inlined.map(({ number, of }) => [number, { name: '', type: of, inlined: true }] as const),
    ]);
    slotsOfTypes.set(type, slots);
  }
  return slots;
}

function readMessage(type: ObjectType, reader: Reader, end: number, depth: number): Record<string, Json> {
  if (depth > maxDepth) throw new ProtobufError('exceeded max depth');
  const slots = slotsOf(type);
  const object: Record<string, Json> = {};
  while (reader.pos < end) {
    const tag = reader.uint32();
    const slot = slots.get(tag >>> 3);
    if (slot === undefined) reader.skipType(tag & 7);
    else if (slot.inlined) Object.assign(object, readField(slot.type, reader, tag & 7, depth));
    else addField(object, slot, reader, tag & 7, depth);
  }
  return object;
}

function addField(object: Record<string, Json>, slot: Slot, reader: Reader, wireType: number, depth: number): void {
  const type = resolve(slot.type);
  if (type.type === 'list') {
    const items = (object[slot.name] ??= []) as Json[];
    items.push(readField(type.of, reader, wireType, depth));
  } else if (type.type === 'map') {
    const map = (object[slot.name] ??= {}) as Record<string, Json>;
    readMapEntry(map, type.of, reader, depth);
  } else object[slot.name] = readField(type, reader, wireType, depth);
}

function readMapEntry(map: Record<string, Json>, of: AnyType, reader: Reader, depth: number): void {
  const end = reader.uint32() + reader.pos;
  let key = '';
  let value: Json | undefined;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) key = reader.string();
    else if (tag >>> 3 === 2) value = readField(of, reader, tag & 7, depth);
    else reader.skipType(tag & 7);
  }
  setOwn(map, key, value ?? emptyValue(of));
}

/** Protobuf leaves a zero value out, also of a map entry. */
function emptyValue(of: AnyType): Json {
  const type = resolve(of);
  if (type.type === 'list') return [];
  return type.type === 'scalar' ? (type.scalar === 'quantity' ? '0' : '') : {};
}

function readField(of: AnyType, reader: Reader, wireType: number, depth: number): Json {
  const type = resolve(of);
  switch (type.type) {
    case 'object':
      return readMessage(type, reader, reader.uint32() + reader.pos, depth + 1);
    case 'list':
      return readListMessage(type.of, reader, depth);
    case 'scalar':
      return readScalar(type.scalar, reader, wireType);
    default:
      throw new ProtobufError(`a ${type.type} cannot be read from protobuf here: send JSON`);
  }
}

/** A named list type in a map: a message with the items under number 1. */
function readListMessage(of: AnyType, reader: Reader, depth: number): Json[] {
  const end = reader.uint32() + reader.pos;
  const items: Json[] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) items.push(readField(of, reader, tag & 7, depth + 1));
    else reader.skipType(tag & 7);
  }
  return items;
}

function readScalar(scalar: Scalar, reader: Reader, wireType: number): Json {
  switch (scalar) {
    case 'string':
      return reader.string();
    case 'boolean':
      return reader.bool();
    case 'int32':
      return reader.int32();
    case 'int64':
      return Number(reader.int64());
    case 'double':
      return wireType === 5 ? reader.float() : reader.double();
    case 'bytes':
      return Buffer.from(reader.bytes()).toString('base64');
    default:
      return readWrapped(scalar, readPlainMessage(reader));
  }
}

/** Scalars that are small messages of their own. */
function readWrapped(scalar: Scalar, fields: ReadonlyMap<number, string | number>): Json {
  const text = (number: number): string => String(fields.get(number) ?? '');
  const count = (number: number): number => Number(fields.get(number) ?? 0);
  switch (scalar) {
    case 'quantity':
      return text(1) === '' ? '0' : text(1);
    case 'time':
    case 'microTime': {
      if (fields.size === 0) return null;
      const iso = new Date(count(1) * 1000).toISOString().slice(0, 19);
      return scalar === 'time' ? `${iso}Z` : `${iso}.${String(Math.floor(count(2) / 1000)).padStart(6, '0')}Z`;
    }
    case 'duration':
      return `${count(1) / 1e9}s`;
    case 'intOrString':
      return count(1) === 1 ? text(3) : count(2);
    default:
      return text(1) === '' ? null : (JSON.parse(text(1)) as Json);
  }
}

/** Numbers and texts of a message by their field numbers. */
function readPlainMessage(reader: Reader): Map<number, string | number> {
  const end = reader.uint32() + reader.pos;
  const fields = new Map<number, string | number>();
  while (reader.pos < end) {
    const tag = reader.uint32();
    if ((tag & 7) === 2) fields.set(tag >>> 3, reader.string());
    else if ((tag & 7) === 0) fields.set(tag >>> 3, Number(reader.int64()));
    else reader.skipType(tag & 7);
  }
  return fields;
}
