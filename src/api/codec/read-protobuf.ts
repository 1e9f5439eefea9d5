/**
 * Protobuf as Kubernetes sends it, read by field numbers from the type declarations into the same plain values that JSON
 * gives, so that everything after this is shared. protobuf-envelope.ts takes off what stands around a message.
 */
import protobuf from 'protobufjs/minimal.js';
import { resolve, type AnyType, type ChoiceType, type Field, type Json, type JsonObject } from '../schema.ts';
import type { ObjectType, Scalar } from '../schema.ts';
import { setOwn } from './json-object.ts';
import { slotsOf, type Slot } from './message-slots.ts';
import { guarded, ProtobufError, type Reader } from './protobuf-error.ts';

const maxDepth = 100;

/** The message as the value its JSON would give. @throws ProtobufError */
export function readProtobuf(type: ObjectType, bytes: Uint8Array): JsonObject {
  return guarded(() => readMessage(type, protobuf.Reader.create(bytes), bytes.length, 0));
}

const numberedSlots = new WeakMap<ObjectType, ReadonlyMap<number, Slot>>();

function slotsByNumber(type: ObjectType): ReadonlyMap<number, Slot> {
  let slots = numberedSlots.get(type);
  if (slots === undefined) numberedSlots.set(type, (slots = new Map(slotsOf(type).map((slot) => [slot.number, slot]))));
  return slots;
}

function readMessage(type: ObjectType, reader: Reader, end: number, depth: number): Record<string, Json> {
  if (depth > maxDepth) throw new ProtobufError('exceeded max depth');
  const slots = slotsByNumber(type);
  const object: Record<string, Json> = {};
  while (reader.pos < end) {
    const tag = reader.uint32();
    const slot = slots.get(tag >>> 3);
    if (slot === undefined) reader.skipType(tag & 7);
    else if (slot.field === undefined) Object.assign(object, readField(slot.of as ObjectType, reader, tag & 7, depth));
    else addField(object, slot.name, slot.field, { reader, wireType: tag & 7, depth });
  }
  return object;
}

interface Place {
  readonly reader: Reader;
  readonly wireType: number;
  readonly depth: number;
}

function addField(object: Record<string, Json>, name: string, field: Field, { reader, wireType, depth }: Place): void {
  const type = resolve(field.type);
  if (type.type === 'list' && field.options.message !== true) {
    const items = (object[name] ??= []) as Json[];
    items.push(readField(type.of, reader, wireType, depth));
  } else if (type.type === 'map') {
    const map = (object[name] ??= {}) as Record<string, Json>;
    readMapEntry(map, type.of, reader, depth);
  } else object[name] = readField(type, reader, wireType, depth);
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
    case 'choice':
      return readChoice(type, reader, depth);
    default:
      throw new ProtobufError(`a ${type.type} cannot be read from protobuf here: send JSON`);
  }
}

/** A message with a field for each type that may be chosen; the greatest number that is set counts. */
function readChoice({ carriers = [] }: ChoiceType, reader: Reader, depth: number): Json {
  if (depth > maxDepth) throw new ProtobufError('exceeded max depth');
  const end = reader.uint32() + reader.pos;
  const found = new Map<number, Json>();
  while (reader.pos < end) {
    const tag = reader.uint32();
    const carrier = carriers.find(({ number }) => number === tag >>> 3);
    if (carrier === undefined) {
      reader.skipType(tag & 7);
      continue;
    }
    const type = resolve(carrier.type);
    const value = readField(type.type === 'list' ? type.of : type, reader, tag & 7, depth);
    const before = found.get(carrier.number);
    found.set(carrier.number, type.type === 'list' ? [...((before ?? []) as Json[]), value] : value);
  }
  return found.get(Math.max(...found.keys())) ?? null;
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
