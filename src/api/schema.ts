/**
 * The language in which API types are declared: one value a type, from which everything else is derived.
 *
 *   export const ContainerPort = object('io.k8s.api.core.v1.ContainerPort', {
 *     name: optional(1, string),
 *     containerPort: required(3, int32),
 *   });
 *   export interface ContainerPort extends Static<typeof ContainerPort> {}
 *
 * A declaration says of each field its JSON name (the key), its protobuf number, its type, and when it is there:
 *   required   always written, and the published schema requires it
 *   always     always written (as {} , "" or null when nobody gave it), though clients may leave it out
 *   optional   left out when it holds the zero value of its type
 *   pointer    left out only when nobody gave it: an explicit 0, false or {} stays
 * The order of the fields is the order in which they are written.
 *
 * Two static types follow: `Static` is what a server answers (always-fields are there), `Input` what a client may send.
 * Values are immutable and shared; a change makes a new value.
 */

export type Scalar =
  | 'string'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  /** Base64 text in JSON. */
  | 'bytes'
  | 'quantity'
  /** RFC 3339 in whole seconds, or null where it is always written. */
  | 'time'
  /** RFC 3339 with six digits of a second. */
  | 'microTime'
  | 'duration'
  | 'intOrString'
  /** Any JSON object (runtime.RawExtension): kept as it is. */
  | 'rawObject'
  /** Any JSON value: kept as it is. */
  | 'json'
  /** A set of fields in managedFields (FieldsV1). */
  | 'fieldSet';

/** `T`: values as read; `I`: values as a client may send them. Both exist for the type checker alone. */
interface Typed<T, I> {
  readonly static?: T;
  readonly input?: I;
}

/** Parts of custom resources: reading only takes unknown fields out; what does not fit is left for validation to refuse. */
interface Lenient {
  readonly lenient?: boolean;
}

export interface ScalarType<T = unknown> extends Typed<T, T>, Lenient {
  readonly type: 'scalar';
  readonly scalar: Scalar;
  /** The name of its Go type, where it has one of its own: errors tell it. */
  readonly goName?: string;
}

export interface ListType<T = unknown, I = unknown> extends Typed<readonly T[], readonly I[]>, Lenient {
  readonly type: 'list';
  readonly of: AnyType;
  readonly options: ListOptions;
}

export interface ListOptions {
  /** How server-side apply sees the list; default: atomic. */
  readonly listType?: 'atomic' | 'set' | 'map';
  /** Fields that identify an item of a `map` list. */
  readonly keys?: readonly string[];
  /** Strategic merge patch: the field by which items are matched; a list of scalars with `merge` has none. */
  readonly mergeKey?: string;
  /** Strategic merge patch: `merge` merges items, otherwise the patch replaces the list. */
  readonly patchStrategy?: PatchStrategy;
}

export type PatchStrategy = 'merge' | 'retainKeys' | 'merge,retainKeys' | 'replace';

export interface MapType<T = unknown, I = unknown>
  extends Typed<Readonly<Record<string, T>>, Readonly<Record<string, I>>>, Lenient {
  readonly type: 'map';
  readonly of: AnyType;
  /** Server-side apply treats the map as one value. */
  readonly atomic: boolean;
}

export interface ObjectType<T = unknown, I = unknown> extends Typed<T, I>, Lenient {
  readonly type: 'object';
  /** The name in the published OpenAPI, such as io.k8s.api.core.v1.Pod. */
  readonly name: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Protobuf messages whose fields stand in this object's place in JSON; `fields` holds theirs too. */
  readonly inlined: readonly InlineField[];
  /** Server-side apply treats the object as one value. */
  readonly atomic: boolean;
  /** Fields beyond the declared ones are kept, and are of this type. */
  readonly rest?: AnyType;
  /** What OpenAPI documents show for it, where that is not derived from the fields. */
  readonly published?: JsonObject;
}

/** A type that refers to itself, or to one declared later. */
export interface LazyType<T = unknown> extends Typed<T, T> {
  readonly type: 'lazy';
  readonly get: () => AnyType;
}

/** A type that depends on the value at hand, such as "one schema or a list of them". */
export interface ChoiceType<T = unknown> extends Typed<T, T> {
  readonly type: 'choice';
  readonly choose: (value: unknown) => AnyType;
  /** In protobuf a message carries the value, with a field for each type that may be chosen. */
  readonly carriers?: readonly Carrier[] | undefined;
}

/** Where several are set, the one with the greatest number counts. */
export interface Carrier {
  readonly number: number;
  /** One of those that are chosen. */
  readonly type: AnyType;
  /** What stands here when another is chosen. */
  readonly otherwise?: Json;
}

export type AnyType = ScalarType | ListType | MapType | ObjectType | LazyType | ChoiceType;

export type Presence = 'required' | 'always' | 'optional' | 'pointer';

export interface Field<T = unknown, I = unknown, P extends Presence = Presence> extends Typed<T, I> {
  /** Protobuf field number; 0 = not part of the message (apiVersion and kind travel beside it). */
  readonly number: number;
  readonly type: AnyType;
  readonly presence: P;
  readonly options: FieldOptions;
}

export interface FieldOptions {
  /** The value may be missing, and is then written as null; zero values are written, too. */
  readonly nullable?: boolean;
  /** The constant that stands in when nobody gave the field. */
  readonly default?: Json;
  /** It is left out when zero, and yet published with zero as its default, which completes keys of list items. */
  readonly zeroDefault?: boolean;
  /** An explicit null stays, whatever the default. */
  readonly keepsNull?: boolean;
  readonly patchStrategy?: PatchStrategy;
  /** Server-side apply treats the referred object as one value here, or not, whatever its type says. */
  readonly atomic?: boolean;
  /** Protobuf name where it differs from the JSON name. */
  readonly protobufName?: string;
  /** In protobuf the list is a message of its own, with the items under number 1. */
  readonly message?: boolean;
}

export interface InlineField {
  readonly number: number;
  readonly of: ObjectType;
}

export type Static<S> = S extends Typed<infer T, unknown> ? NonNullable<T> : never;
export type Input<S> = S extends { readonly input?: infer I } ? NonNullable<I> : never;

type Fields = Readonly<Record<string, Field>>;
type KeysWith<F extends Fields, P extends Presence> = {
  [K in keyof F]: F[K] extends { readonly presence: P } ? K : never;
}[keyof F];
type StaticOf<F> = F extends { readonly static?: infer T } ? Exclude<T, undefined> : never;
type InputOf<F> = F extends { readonly input?: infer I } ? Exclude<I, undefined> : never;

export type StaticFields<F extends Fields> = {
  readonly [K in KeysWith<F, 'required' | 'always'>]: StaticOf<F[K]>;
} & { readonly [K in KeysWith<F, 'optional' | 'pointer'>]?: StaticOf<F[K]> | undefined };
export type InputFields<F extends Fields> = { readonly [K in KeysWith<F, 'required'>]: InputOf<F[K]> } & {
  readonly [K in KeysWith<F, 'always' | 'optional' | 'pointer'>]?: InputOf<F[K]> | undefined;
};

const scalar = <T>(name: Scalar): ScalarType<T> => ({ type: 'scalar', scalar: name });

export const string = scalar<string>('string');
/** A string whose type has a name of its own in Go, such as `v1.RestartPolicy`. */
export const namedString = (goName: string): ScalarType<string> => ({ ...string, goName });
export const boolean = scalar<boolean>('boolean');
export const int32 = scalar<number>('int32');
export const int64 = scalar<number>('int64');
export const double = scalar<number>('double');
export const bytes = scalar<string>('bytes');
export const quantity = scalar<string>('quantity');
export const time = scalar<string>('time');
export const microTime = scalar<string>('microTime');
export const intOrString = scalar<number | string>('intOrString');
export const rawObject = scalar<JsonObject>('rawObject');
export const json = scalar<Json>('json');
export const fieldSet = scalar<JsonObject>('fieldSet');

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export function list<T, I>(of: Typed<T, I> & AnyType, options: ListOptions = {}): ListType<T, I> {
  return { type: 'list', of, options };
}

export function map<T, I>(of: Typed<T, I> & AnyType, options: { readonly atomic?: boolean } = {}): MapType<T, I> {
  return { type: 'map', of, atomic: options.atomic ?? false };
}

export function lazy<T>(get: () => AnyType): LazyType<T> {
  return { type: 'lazy', get };
}

export function choice<T>(choose: (value: unknown) => AnyType, carriers?: readonly Carrier[]): ChoiceType<T> {
  return { type: 'choice', choose, carriers };
}

type Make<P extends Presence> = <T, I>(
  number: number,
  type: Typed<T, I> & AnyType,
  options?: FieldOptions,
) => Field<T, I, P>;

const maker =
  <P extends Presence>(presence: P): Make<P> =>
  (number, type, options = {}) => ({ number, type, presence, options });

export const required = maker('required');
/** A list or map that nobody gave is written as null, and the static types say so. */
export const always: Always = maker('always');
export const optional = maker('optional');
export const pointer = maker('pointer');

interface Always {
  <T, I>(
    number: number,
    type: ListType<T, I>,
    options?: FieldOptions,
  ): Field<readonly T[] | null, readonly I[] | null, 'always'>;
  <T, I>(
    number: number,
    type: MapType<T, I>,
    options?: FieldOptions,
  ): Field<Readonly<Record<string, T>> | null, Readonly<Record<string, I>> | null, 'always'>;
  <T, I>(number: number, type: Typed<T, I> & AnyType, options?: FieldOptions): Field<T, I, 'always'>;
}

export interface ObjectOptions<Inline extends readonly InlineField[] = readonly InlineField[]> {
  readonly inline?: Inline;
  readonly atomic?: boolean;
}

/** Declares an object type. Fields of inlined messages come after its own. */
export function object<F extends Fields>(name: string, fields: F): ObjectType<StaticFields<F>, InputFields<F>>;
export function object<F extends Fields, A, AI>(
  name: string,
  fields: F,
  options: { readonly inline?: readonly [Inlined<A, AI>]; readonly atomic?: boolean },
): ObjectType<StaticFields<F> & A, InputFields<F> & AI>;
/** The same where the static types are known otherwise. */
export function object<T, I>(name: string, fields: Fields): ObjectType<T, I>;
export function object(name: string, own: Fields, options: ObjectOptions = {}): ObjectType {
  const inlined = options.inline ?? [];
  const fields: Record<string, Field> = { ...own };
  for (const { of } of inlined) Object.assign(fields, of.fields);
  return { type: 'object', name, fields, inlined, atomic: options.atomic ?? false };
}

interface Inlined<T, I> {
  readonly number: number;
  readonly of: ObjectType<T, I>;
}

/** A protobuf message whose fields are written in place of this one. */
export function inline<T, I>(number: number, of: ObjectType<T, I>): Inlined<T, I> {
  return { number, of };
}

/** The declared type behind lazy references. */
export function resolve(type: AnyType): Exclude<AnyType, LazyType> {
  let resolved = type;
  while (resolved.type === 'lazy') resolved = resolved.get();
  return resolved;
}
