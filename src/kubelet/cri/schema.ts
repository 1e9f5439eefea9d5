/**
 * A small way to declare protobuf messages once, as data, and get both the codec (by protobufjs) and the TypeScript
 * types from it.
 *
 *   const Mount = wireMessage('Mount', { containerPath: string(1), readonly: bool(3) });
 *   type Out = Decoded<typeof Mount>;    // { containerPath: string; readonly: boolean }
 *   type In = Encodable<typeof Mount>;   // the same, all optional
 *
 * Only what the node's gRPC interfaces use is here. 64-bit integers are numbers: times in nanoseconds lose what lies
 * below a microsecond.
 */
import protobuf from 'protobufjs';

/** `out` and `in` exist for the type checker alone. */
export interface Field<Out, In> {
  readonly id: number;
  readonly type: string;
  readonly rule?: 'repeated';
  readonly isMap?: true;
  readonly of?: Message | Choice<string>;
  readonly out?: Out;
  readonly in?: In;
}

export interface Message<F extends Fields = Fields> {
  readonly name: string;
  readonly fields: F;
}

export interface Choice<V extends string> {
  readonly name: string;
  readonly values: Readonly<Record<V, number>>;
}

type Fields = Readonly<Record<string, Field<unknown, unknown>>>;
export type Decoded<M> =
  M extends Message<infer F>
    ? { readonly [K in keyof F]: F[K] extends Field<infer Out, unknown> ? Out : never }
    : never;
export type Encodable<M> =
  M extends Message<infer F>
    ? { readonly [K in keyof F]?: (F[K] extends { readonly in?: infer In } ? In : never) | undefined }
    : never;

export function wireMessage<F extends Fields>(name: string, fields: F): Message<F> {
  return { name, fields };
}

/** An enumeration: names to numbers. */
export function wireChoice<V extends string>(name: string, values: Readonly<Record<V, number>>): Choice<V> {
  return { name, values };
}

const scalar =
  <T>(type: string) =>
  (id: number): Field<T, T> => ({ id, type });

export const string = scalar<string>('string');
export const bool = scalar<boolean>('bool');
export const int32 = scalar<number>('int32');
export const uint32 = scalar<number>('uint32');
export const int64 = scalar<number>('int64');
export const uint64 = scalar<number>('uint64');
export const bytes = scalar<Buffer>('bytes');

export function strings(id: number): Field<readonly string[], readonly string[]> {
  return { id, type: 'string', rule: 'repeated' };
}

export function numbers(id: number, type: 'int32' | 'int64'): Field<readonly number[], readonly number[]> {
  return { id, type, rule: 'repeated' };
}

type Dictionary = Readonly<Record<string, string>>;
export function dictionary(id: number): Field<Dictionary, Dictionary> {
  return { id, type: 'string', isMap: true };
}

export function one<M extends Message>(id: number, of: M): Field<Decoded<M> | null, Encodable<M> | null> {
  return { id, type: of.name, of };
}

export function many<M extends Message>(id: number, of: M): Field<readonly Decoded<M>[], readonly Encodable<M>[]> {
  return { id, type: of.name, rule: 'repeated', of };
}

export function oneOf<V extends string>(id: number, of: Choice<V>): Field<V, V> {
  return { id, type: of.name, of };
}

export interface Codec<M extends Message> {
  encode(value: Encodable<M>): Buffer;
  decode(wire: Uint8Array): Decoded<M>;
}

const root = new protobuf.Root();

/** The codec of a message; fields absent on the wire decode as proto3 defaults, absent messages as null. */
export function codec<M extends Message>(of: M): Codec<M> {
  const type = typeOf(of);
  return {
    encode: (value) => Buffer.from(type.encode(type.fromObject(value)).finish()),
    decode(wire) {
      const plain = type.toObject(type.decode(wire), { defaults: true, enums: String, longs: Number, bytes: Buffer });
      return plain as Decoded<M>;
    },
  };
}

function typeOf(of: Message): protobuf.Type {
  const known = root.get(of.name);
  if (known instanceof protobuf.Type) return known;
  const type = new protobuf.Type(of.name);
  root.add(type);
  for (const [name, field] of Object.entries(of.fields)) {
    if (field.of !== undefined) declare(field.of);
    if (field.isMap === true) type.add(new protobuf.MapField(name, field.id, 'string', field.type));
    else type.add(new protobuf.Field(name, field.id, field.type, field.rule));
  }
  return type;
}

function declare(of: Message | Choice<string>): void {
  if ('fields' in of) typeOf(of);
  else if (root.get(of.name) === null) root.add(new protobuf.Enum(of.name, { ...of.values }));
}
