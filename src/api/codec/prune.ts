/**
 * How custom resources are read: unknown fields are taken out and reported, objects get sorted keys, and everything else
 * stays as it came. Whether it fits the schema is for validation to say. Metadata is read like that of any object.
 */
import type { AnyType, ListType, MapType, ObjectType, ScalarType } from '../schema.ts';
import type { DecodeContext, Decoder, Decoders } from './decoder.ts';
import { isJsonObject, setOwn } from './json-object.ts';
import { printPath } from './decode-error.ts';
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

/** Fields of built-in types (metadata) are read strictly, and speak of themselves as if they stood alone. */
function readField(type: AnyType, value: unknown, context: DecodeContext, { decoderOf, zeroOf }: Decoders): unknown {
  const strict = type.type === 'object' && type.lenient !== true;
  if (!strict) return value === null ? null : decoderOf(type)(value, context);
  if (value === null) return zeroOf(type);
  const own = { path: [], unknown: [] as string[], keepEmpty: context.keepEmpty, known: context.known };
  const read = decoderOf(type)(value, own);
  const prefix = printPath(context.path);
  context.unknown.push(...own.unknown.map((field) => `${prefix}.${field}`));
  return read;
}

/** Metadata first, then by path. */
function orderUnknown(unknown: string[]): void {
  const rank = (path: string): number => (path.startsWith('metadata.') ? 0 : 1);
  unknown.sort((a, b) => rank(a) - rank(b) || (rank(a) === 0 || a === b ? 0 : a < b ? -1 : 1));
}
