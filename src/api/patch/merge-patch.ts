/** JSON merge patches (RFC 7396): objects merge, null deletes, everything else replaces. */
import { ApiError } from '../api-error.ts';
import { goJsonKind, isJsonObject, setOwn } from '../codec/json-object.ts';
import type { Json, JsonObject } from '../schema.ts';
import type { PatchReading } from './json-patch.ts';

/** The patch of a parsed body; throws an ApiError when it is none. Read leniently, a list is one too. */
export function readMergePatch(body: unknown, { strict }: PatchReading): JsonObject | readonly Json[] {
  if (isJsonObject(body)) return body as JsonObject;
  if (!strict && Array.isArray(body)) return body as readonly Json[];
  if (!strict || body === null) throw new ApiError('BadRequest', 'Invalid JSON Patch');
  throw new ApiError('BadRequest', `error decoding patch: ${noObjectText(body)}`);
}

/** What is said of a body that should be an object. */
export const noObjectText = (body: unknown): string =>
  `json: cannot unmarshal ${goJsonKind(body)} into Go value of type map[string]interface {}`;

/** The merged document; parts that the patch does not touch are shared. Keys of merged objects are sorted. */
export function applyMergePatch(document: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, Json> = {};
  for (const key of [...new Set([...Object.keys(document), ...Object.keys(patch)])].sort()) {
    const value = Object.hasOwn(document, key) ? document[key] : undefined;
    if (!Object.hasOwn(patch, key)) setOwn(merged, key, value);
    else {
      const change = patch[key];
      if (change !== null && change !== undefined) setOwn(merged, key, mergeValue(value, change));
    }
  }
  return merged;
}

function mergeValue(value: Json | undefined, patch: Json): Json {
  if (isJsonObject(patch))
    return applyMergePatch(isJsonObject(value) ? (value as JsonObject) : {}, patch as JsonObject);
  return isJsonObject(value) ? patch : withoutNulls(patch);
}

/** What a patch puts where no object was: null fields have no meaning there, also in lists. */
export function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const clean: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value as JsonObject)) {
    if (item !== null) setOwn(clean, key, withoutNulls(item));
  }
  return clean;
}
