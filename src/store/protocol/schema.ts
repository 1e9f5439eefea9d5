/**
 * Declares protobuf messages once, as data, and derives from that their types and their codec.
 *
 *   const KeyValue = declareMessage({ key: key(1), modRevision: int(3), lease: id(6) });
 *   type KeyValue = Decoded<typeof KeyValue>; // { key: string; modRevision: number; lease: bigint }
 *
 * Three sorts of field are more than their wire types:
 * - `int` is a 64-bit integer as a number. It is exact up to 2^53, which revisions, versions, counts, sizes and times do not reach.
 * - `id` is a 64-bit integer as a bigint, signed: leases, members and clusters have ids that use all bits.
 * - `key` is bytes as a string of one character each, the form in which the store port takes keys.
 *
 * Fields absent on the wire decode as zero values, messages and `optional` fields as undefined. A zero value is not
 * encoded, except that of an `optional` field: proto3's members of a oneof.
 */
import { Reader, WireError } from './reader.ts';
import { Writer } from './writer.ts';

export interface Field<Out, In> {
  readonly number: number;
  readonly wireType: 0 | 2;
  /** What an absent field decodes as; made anew for each message. */
  readonly absent: () => Out;
  /** @returns whether anything was written, so that the tag follows. */
  write(writer: Writer, value: In): boolean;
  /** @param before What the field was so far, for repeated ones. */
  read(reader: Reader, before: Out, wireType: number): Out;
  /** Writes its tags itself. */
  readonly writesTag?: true;
}

type AnyField = Field<unknown, unknown>;
type Fields = Readonly<Record<string, AnyField>>;

export interface Message<F extends Fields = Fields> {
  readonly fields: F;
  readonly codec: MessageCodec;
}

export type Decoded<M> =
  M extends Message<infer F> ? { [K in keyof F]: F[K] extends Field<infer Out, unknown> ? Out : never } : never;
export type Encodable<M> =
  M extends Message<infer F>
    ? { readonly [K in keyof F]?: (F[K] extends Field<unknown, infer In> ? In : never) | undefined }
    : never;

interface MessageCodec {
  write(writer: Writer, value: Readonly<Record<string, unknown>>): void;
  read(reader: Reader): Record<string, unknown>;
}

export function declareMessage<F extends Fields>(fields: F): Message<F> {
  return { fields, codec: compile(fields) };
}

const writer = new Writer();

/** @param prefixBytes Bytes left free in front, for whoever frames the message. */
export function encodeMessage<M extends Message>(of: M, value: Encodable<M>, prefixBytes = 0): Buffer<ArrayBuffer> {
  writer.begin();
  of.codec.write(writer, value);
  return writer.finish(prefixBytes);
}

/** Bytes fields are views into `wire`. @throws WireError */
export function decodeMessage<M extends Message>(of: M, wire: Buffer): Decoded<M> {
  // A message's codec yields the fields that it was compiled from.
  return of.codec.read(new Reader(wire)) as Decoded<M>;
}

export function int(number: number): Field<number, number> {
  return {
    number,
    wireType: 0,
    absent: () => 0,
    write: (to, value) => (value === 0 ? false : (to.varint(value), true)),
    read: (from) => from.varint(),
  };
}

export function id(number: number): Field<bigint, bigint> {
  return {
    number,
    wireType: 0,
    absent: () => 0n,
    write: (to, value) => (value === 0n ? false : (to.varint64(value), true)),
    read: (from) => from.varint64(),
  };
}

export function bool(number: number): Field<boolean, boolean> {
  return {
    number,
    wireType: 0,
    absent: () => false,
    write: (to, value) => value && (to.varint(1), true),
    read: (from) => from.varint() !== 0,
  };
}

export function text(number: number): Field<string, string> {
  return { number, wireType: 2, absent: () => '', write: writeText, read: (from) => from.text() };
}

export function key(number: number): Field<string, string> {
  return {
    number,
    wireType: 2,
    absent: () => '',
    write(to, value) {
      if (value === '') return false;
      to.byteString(value);
      to.varint(value.length);
      return true;
    },
    read: (from) => from.byteString(),
  };
}

const nothing = Buffer.alloc(0);

export function blob(number: number): Field<Uint8Array, Uint8Array> {
  return {
    number,
    wireType: 2,
    absent: () => nothing,
    write(to, value) {
      if (value.byteLength === 0) return false;
      to.bytes(value);
      to.varint(value.byteLength);
      return true;
    },
    read: (from) => from.bytes(),
  };
}

/** A scalar whose presence tells something: also a zero value is encoded. */
export function optional<T>(field: Field<T, T>): Field<T | undefined, T> {
  return {
    ...field,
    absent: () => undefined,
    write: (to, value) => field.write(to, value) || (to.varint(0), true),
    read: (from, _before, wireType) => field.read(from, field.absent(), wireType),
  };
}

type OneField<M extends Message> = Field<Decoded<M> | undefined, Encodable<M>>;
type ManyField<M extends Message> = Field<Decoded<M>[], readonly Encodable<M>[]>;

/** @param of The message, or what yields it when it is declared further down. */
export function submessage<M extends Message>(number: number, of: M | (() => M)): OneField<M> {
  const { write, read } = nested(of);
  return { number, wireType: 2, absent: () => undefined, write: (to, value) => (write(to, value), true), read };
}

export function submessages<M extends Message>(number: number, of: M | (() => M)): ManyField<M> {
  const { write, read } = nested(of);
  return repeated(number, write, read);
}

export function texts(number: number): Field<string[], readonly string[]> {
  return repeated(
    number,
    (to, value) => void to.varint(to.text(value)),
    (from) => from.text(),
  );
}

export function keys(number: number): Field<string[], readonly string[]> {
  return repeated(
    number,
    (to, value) => {
      to.byteString(value);
      to.varint(value.length);
    },
    (from) => from.byteString(),
  );
}

/** Repeated bytes: also messages that were encoded before. */
export function blobs(number: number): Field<Buffer[], readonly Uint8Array[]> {
  return repeated(
    number,
    (to, value) => {
      to.bytes(value);
      to.varint(value.byteLength);
    },
    (from) => from.bytes(),
  );
}

/** Repeated enumeration values: written packed, as proto3 does, read in both forms. */
export function ints(number: number): Field<number[], readonly number[]> {
  return {
    number,
    wireType: 2,
    absent: () => [],
    write(to, value) {
      if (value.length === 0) return false;
      const before = to.length;
      for (const item of value.toReversed()) to.varint(item);
      to.varint(to.length - before);
      return true;
    },
    read(from, before, wireType) {
      if (wireType === 0) before.push(from.varint());
      else {
        const end = from.enter();
        while (!from.done) before.push(from.varint());
        from.leave(end);
      }
      return before;
    },
  };
}

function writeText(to: Writer, value: string): boolean {
  if (value === '') return false;
  to.varint(to.text(value));
  return true;
}

function nested<M extends Message>(of: M | (() => M)) {
  const codec = (): MessageCodec => (typeof of === 'function' ? of() : of).codec;
  return {
    write(to: Writer, value: Encodable<M>): void {
      const before = to.length;
      codec().write(to, value);
      to.varint(to.length - before);
    },
    read(from: Reader): Decoded<M> {
      const end = from.enter();
      const value = codec().read(from) as Decoded<M>;
      from.leave(end);
      return value;
    },
  };
}

function repeated<Out, In>(
  number: number,
  write: (writer: Writer, value: In) => void,
  read: (reader: Reader) => Out,
): Field<Out[], readonly In[]> {
  const tag = number * 8 + 2;
  return {
    number,
    wireType: 2,
    absent: () => [],
    writesTag: true,
    write(to, values) {
      for (let at = values.length - 1; at >= 0; at -= 1) {
        write(to, values[at] as In);
        to.varint(tag);
      }
      return true;
    },
    read(from, before) {
      before.push(read(from));
      return before;
    },
  };
}

function compile(fields: Fields): MessageCodec {
  const forward = Object.entries(fields).map(([name, field]) => ({ name, field }));
  const backward = forward.toSorted((a, b) => b.field.number - a.field.number);
  const byNumber = new Map(forward.map((entry) => [entry.field.number, entry]));
  return {
    write(to, value) {
      for (const { name, field } of backward) {
        const item = value[name];
        if (item === undefined) continue;
        if (field.write(to, item) && field.writesTag !== true) to.varint(field.number * 8 + field.wireType);
      }
    },
    read(from) {
      const value: Record<string, unknown> = {};
      for (const { name, field } of forward) value[name] = field.absent();
      while (!from.done) {
        const tag = from.varint();
        const wireType = tag & 7;
        const found = byNumber.get(Math.floor(tag / 8));
        if (found === undefined) from.skip(wireType);
        else if (wireType !== found.field.wireType && wireType !== 0) {
          throw new WireError(`Cannot read field ${found.name}: it has wire type ${wireType}`);
        } else value[found.name] = found.field.read(from, value[found.name], wireType);
      }
      return value;
    },
  };
}
