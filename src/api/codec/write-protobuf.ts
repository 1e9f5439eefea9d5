/**
 * Values of declared types as protobuf, byte for byte as Kubernetes' own servers write them: fields in the order of their
 * numbers, maps in the order of their keys, and
 *
 *   required, always, optional   always there, as zero where nobody gave a value (Go's plain fields)
 *   pointer, or nullable         there when somebody gave a value (Go's pointers)
 *   lists, maps                  an entry for each item
 *
 * Each type is compiled once, when first met, into closures that write backwards (backward-writer.ts).
 */
import { parseNanos } from '../duration.ts';
import { resolve, type AnyType, type ChoiceType, type Field, type ObjectType, type Scalar } from '../schema.ts';
import { BackwardWriter } from './backward-writer.ts';
import { slotsOf, type Slot } from './message-slots.ts';
import { wrapProtobuf } from './protobuf-envelope.ts';

/** Writes what a field of that type holds, with the length where it needs one. Undefined and null write a zero value. */
type Write = (value: unknown, out: BackwardWriter) => void;

interface Writer {
  readonly wireType: 0 | 1 | 2;
  readonly write: Write;
}

const shared = new BackwardWriter();

/** The bare message, without an envelope. */
export function writeProtobuf(type: ObjectType, value: unknown): Buffer {
  try {
    contentWriter(type)(value, shared);
    return shared.take();
  } finally {
    shared.clear();
  }
}

/** The message in its envelope, under the name that the value says of itself. */
export function encodeProtobuf(type: ObjectType, value: Readonly<Record<string, unknown>>): Buffer {
  const name = { apiVersion: String(value['apiVersion'] ?? ''), kind: String(value['kind'] ?? '') };
  return wrapProtobuf(name, writeProtobuf(type, value));
}

const contentWriters = new WeakMap<ObjectType, Write>();

/** Writes the fields of a message. */
function contentWriter(type: ObjectType): Write {
  let content = contentWriters.get(type);
  if (content === undefined) {
    // Types may hold themselves: compiled when first used.
    let fields: readonly Write[] | undefined;
    content = (value, out) => {
      fields ??= slotsOf(type).map(slotWriter).toReversed();
      const object = (value ?? {}) as object;
      for (const write of fields) write(object, out);
    };
    contentWriters.set(type, content);
  }
  return content;
}

function slotWriter({ number, name, field, of }: Slot): Write {
  if (of !== undefined) return tagged(number, writerOf(of));
  const { type, presence, options } = field as Field;
  // Times and raw objects that nobody gave are null in JSON and yet plain fields.
  const isPointer = presence === 'pointer' || (options.nullable === true && !isStruct(resolve(type)));
  const write = fieldWriter(number, type, isPointer, options.message === true);
  return (object, out) => write((object as Record<string, unknown>)[name], out);
}

const isStruct = (type: AnyType): boolean =>
  type.type === 'scalar' && ['time', 'microTime', 'rawObject'].includes(type.scalar);

/** `skips`: a missing value writes nothing, not zero. */
function fieldWriter(number: number, declared: AnyType, skips: boolean, asMessage: boolean): Write {
  const type = resolve(declared);
  if (type.type === 'list' && !asMessage) return listWriter(number, type.of);
  if (type.type === 'map') return mapWriter(number, type.of);
  const write = tagged(number, writerOf(type));
  const omits = skips || type.type === 'list' || type.type === 'choice' || isBytes(type);
  if (!omits) return write;
  return (value, out) => {
    if (value !== undefined && value !== null) write(value, out);
  };
}

const isBytes = (type: AnyType): boolean => type.type === 'scalar' && type.scalar === 'bytes';

function tagged(number: number, { wireType, write }: Writer): Write {
  const tag = number * 8 + wireType;
  return (value, out) => {
    write(value, out);
    out.varint(tag);
  };
}

function listWriter(number: number, of: AnyType): Write {
  let item: Write | undefined;
  return (value, out) => {
    if (!Array.isArray(value)) return;
    item ??= tagged(number, writerOf(of));
    for (let i = value.length - 1; i >= 0; i--) item(value[i], out);
  };
}

function mapWriter(number: number, of: AnyType): Write {
  let entry: Write | undefined;
  const writeKey = tagged(1, scalars.string);
  return (value, out) => {
    if (typeof value !== 'object' || value === null) return;
    entry ??= fieldWriter(2, of, isBytes(resolve(of)), true);
    const map = value as Readonly<Record<string, unknown>>;
    const keys = Object.keys(map).sort();
    for (let i = keys.length - 1; i >= 0; i--) {
      const before = out.length;
      const key = keys[i] as string;
      entry(map[key], out);
      writeKey(key, out);
      out.varint(out.length - before);
      out.varint(number * 8 + 2);
    }
  };
}

const writers = new WeakMap<AnyType, Writer>();

function writerOf(declared: AnyType): Writer {
  const type = resolve(declared);
  if (type.type === 'scalar') return scalars[type.scalar];
  let writer = writers.get(type);
  if (writer === undefined) writers.set(type, (writer = { wireType: 2, write: delimited(bodyWriter(type)) }));
  return writer;
}

function bodyWriter(type: ReturnType<typeof resolve>): Write {
  switch (type.type) {
    case 'object':
      return contentWriter(type);
    // A list where only a message can stand: its items under number 1.
    case 'list':
      return listWriter(1, type.of);
    case 'map':
      return mapWriter(1, type.of);
    case 'choice':
      return choiceWriter(type);
    case 'scalar':
      throw new Error('A scalar has a writer of its own');
  }
}

function choiceWriter({ choose, carriers }: ChoiceType): Write {
  if (carriers === undefined) throw new Error('A choice without carriers has no form in protobuf');
  const fields = carriers
    .toSorted((a, b) => b.number - a.number)
    .map(({ number, type, otherwise }) => ({ type, otherwise, write: fieldWriter(number, type, true, false) }));
  return (value, out) => {
    const chosen = choose(value);
    for (const { type, otherwise, write } of fields) write(type === chosen ? value : otherwise, out);
  };
}

function delimited(content: Write): Write {
  return (value, out) => {
    const before = out.length;
    content(value, out);
    out.varint(out.length - before);
  };
}

const ofText = (text: (value: unknown) => string): Write => delimited((value, out) => out.text(text(value)));

const plainText = ofText((value) => (typeof value === 'string' ? value : ''));

const wholeNumber: Writer = {
  wireType: 0,
  write: (value, out) => out.int64(typeof value === 'number' ? value : 0),
};

/** A message with one field, of number 1, that holds JSON. */
const jsonMessage: Writer = {
  wireType: 2,
  write: delimited((value, out) => {
    if (value === undefined || value === null) return;
    const before = out.length;
    out.text(JSON.stringify(value));
    out.varint(out.length - before);
    out.byte(0x0a);
  }),
};

const scalars: Readonly<Record<Scalar, Writer>> = {
  string: { wireType: 2, write: plainText },
  boolean: { wireType: 0, write: (value, out) => out.byte(value === true ? 1 : 0) },
  int32: wholeNumber,
  int64: wholeNumber,
  double: { wireType: 1, write: (value, out) => out.double(typeof value === 'number' ? value : 0) },
  bytes: {
    wireType: 2,
    write: delimited((value, out) => out.bytes(Buffer.from(typeof value === 'string' ? value : '', 'base64'))),
  },
  quantity: {
    wireType: 2,
    write: delimited((value, out) => {
      const before = out.length;
      out.text(typeof value === 'string' ? value : '0');
      out.varint(out.length - before);
      out.byte(0x0a);
    }),
  },
  time: { wireType: 2, write: delimited(writeTimestamp) },
  microTime: { wireType: 2, write: delimited(writeTimestamp) },
  duration: {
    wireType: 2,
    write: delimited((value, out) => {
      out.int64(typeof value === 'string' ? parseNanos(value) : 0);
      out.byte(0x08);
    }),
  },
  intOrString: { wireType: 2, write: delimited(writeIntOrString) },
  rawObject: jsonMessage,
  json: jsonMessage,
  fieldSet: jsonMessage,
};

/** Seconds since 1970, and nanoseconds; nothing for no time. Whole seconds but for the six digits of a microTime. */
function writeTimestamp(value: unknown, out: BackwardWriter): void {
  if (typeof value !== 'string' || value === '') return;
  const point = value.indexOf('.');
  const micros =
    point < 0
      ? 0
      : Number(
          value
            .slice(point + 1, -1)
            .padEnd(6, '0')
            .slice(0, 6),
        );
  const whole = point < 0 ? value : `${value.slice(0, point)}Z`;
  out.varint(micros * 1000);
  out.byte(0x10);
  out.int64(Date.parse(whole) / 1000);
  out.byte(0x08);
}

/** Which of both, the number, the text. */
function writeIntOrString(value: unknown, out: BackwardWriter): void {
  plainText(value, out);
  out.byte(0x1a);
  wholeNumber.write(value, out);
  out.byte(0x10);
  out.byte(typeof value === 'string' ? 1 : 0);
  out.byte(0x08);
}
