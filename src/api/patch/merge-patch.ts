/** JSON merge patches (RFC 7396): objects merge, null deletes, everything else replaces. */
import { ApiError } from '../api-error.ts';
import { isJsonObject, setOwn } from '../codec/json-object.ts';
import type { Json, JsonObject } from '../schema.ts';

/** The patch of a parsed body; throws an ApiError when it is no object. */
export function readMergePatch(body: unknown): JsonObject {
  if (body === null) throw new ApiError('BadRequest', 'Invalid JSON Patch');
  if (!isJsonObject(body)) {
    const kind = Array.isArray(body) ? 'array' : typeof body === 'boolean' ? 'bool' : typeof body;
    const text = `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`;
    throw new ApiError('BadRequest', `error decoding patch: ${text}`);
  }
  return body as JsonObject;
}

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
  if (!isJsonObject(patch)) return patch;
  return applyMergePatch(isJsonObject(value) ? (value as JsonObject) : {}, patch as JsonObject);
}
