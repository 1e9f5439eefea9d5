/**
 * How custom resources are read: unknown fields are taken out and reported, objects get sorted keys, and everything else
 * stays as it came. Whether it fits the schema is for validation to say. Metadata is read like that of any object.
 */
import { invalid } from '../field-error.ts';
import type { AnyType, ListType, MapType, ObjectType, ScalarType } from '../schema.ts';
import type { DecodeContext, Decoder, Decoders } from './decoder.ts';
import { isJsonObject, setOwn } from './json-object.ts';
import { DecodeError, printPath, type PathStep } from './decode-error.ts';
import { withoutLiterals } from './scalar.ts';

type LenientType = ScalarType | ListType | MapType | ObjectType;

export function lenientDecoder(type: LenientType, decoders: Decoders): Decoder {
  switch (type.type) {
    case 'scalar':
      return withoutLiterals;
    case 'list':
      return listPruner(type, decoders);
    case 'map':
      return mapPruner(type, decoders);
    case 'object':
      return objectPruner(type, decoders);
  }
}

function listPruner(type: ListType, { decoderOf }: Decoders): Decoder {
  return (input, context) => {
    if (!Array.isArray(input)) return withoutLiterals(input);
    const { path } = context;
    const depth = path.length;
    const item = decoderOf(type.of);
    const out = input.map((value: unknown, i) => {
      path[depth] = i;
      return value === null ? null : item(value, context);
    });
    path.length = depth;
    return out;
  };
}

function mapPruner(type: MapType, { decoderOf }: Decoders): Decoder {
  return (input, context) => {
    if (!isJsonObject(input)) return withoutLiterals(input);
    const { path } = context;
    const depth = path.length;
    const entry = decoderOf(type.of);
    const out: Record<string, unknown> = {};
    for (const key of Object.keys(input).sort()) {
      path[depth] = key;
      const value = input[key];
      setOwn(out, key, value === null ? null : entry(value, context));
    }
    path.length = depth;
    return out;
  };
}

function objectPruner(type: ObjectType, decoders: Decoders): Decoder {
  const isKind = 'apiVersion' in type && 'kind' in type;
  const metadata = type.fields['metadata'];
  const isEmbedded = !isKind && metadata !== undefined && isStrict(metadata.type);
  return (input, context) => {
    if (!isJsonObject(input)) return withoutLiterals(input);
    const { path } = context;
    const depth = path.length;
    const out: Record<string, unknown> = {};
    for (const key of Object.keys(input).sort()) {
      const field = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined;
      const fieldType = field?.type ?? type.rest;
      if (fieldType === undefined) {
        context.unknown.push(printPath(path, key));
        continue;
      }
      if (isEmbedded && names.has(key) && typeof input[key] !== 'string') {
        throw unfit(path, key, input[key], 'must be a string');
      }
      path[depth] = key;
      setOwn(out, key, readField(fieldType, input[key], context, decoders));
      path.length = depth;
    }
    for (const [name, { presence, type: fieldType }] of Object.entries(type.fields)) {
      if (presence === 'always' && out[name] === undefined) out[name] = decoders.zeroOf(fieldType);
    }
    if (isKind) orderUnknown(context.unknown);
    return out;
  };
}

/** What names the kind of an object. */
const names: ReadonlySet<string> = new Set(['apiVersion', 'kind']);

const isStrict = (type: AnyType): boolean => type.type === 'object' && type.lenient !== true;

/** Fields of built-in types (metadata) are read strictly, and speak of themselves as if they stood alone. */
function readField(type: AnyType, value: unknown, context: DecodeContext, { decoderOf, zeroOf }: Decoders): unknown {
  if (!isStrict(type)) return value === null ? null : decoderOf(type)(value, context);
  if (value === null) return zeroOf(type);
  return ofPlace(context, value, (each) => {
    const own = { ...context, path: [], unknown: [] as string[] };
    const read = decoderOf(type)(each, own);
    const prefix = printPath(context.path);
    context.unknown.push(...own.unknown.map((field) => `${prefix}.${field}`));
    return read;
  });
}

/** Of several things that do not fit, the first by name is told, and inside of an object with its place. */
function ofPlace<T>({ path }: DecodeContext, value: unknown, read: (value: unknown) => T): T {
  try {
    return read(value);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const inOrder = sortedByName(value);
    const problem = problemOf(() => read(inOrder)) ?? error;
    throw path.length < 2 ? problem : unfit(path, undefined, inOrder, problem.message);
  }
}

function problemOf(read: () => unknown): DecodeError | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}

function sortedByName(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedByName);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortedByName(item)]));
}

function unfit(path: readonly PathStep[], last: string | undefined, value: unknown, why: string): DecodeError {
  const { field, message } = invalid(printPath(path, last), value, why);
  return new DecodeError(`${field}: ${message}`);
}

/** Metadata first, then by path. */
function orderUnknown(unknown: string[]): void {
  const rank = (path: string): number => (path.startsWith('metadata.') ? 0 : 1);
  unknown.sort((a, b) => rank(a) - rank(b) || (rank(a) === 0 || a === b ? 0 : a < b ? -1 : 1));
}
