/**
 * Strategic merge patches: merge patches that know from the type's declaration which lists are merged by a key of their
 * items, and that carry directives:
 *
 *   $patch: replace | delete           in an object, or in an item of a merged list
 *   $deleteFromPrimitiveList/NAME      values to take out of a merged list of scalars
 *   $setElementOrder/NAME              the order of a merged list after the patch
 *   $retainKeys                        the only keys that stay in the object
 *
 * https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch
 */
import { ApiError } from '../api-error.ts';
import { goJsonKind, isJsonObject, setOwn } from '../codec/json-object.ts';
import { resolve, type AnyType, type Json, type JsonObject } from '../schema.ts';
import { goText } from './go-text.ts';
import { mergeOrder } from './list-order.ts';
import { withoutNulls } from './merge-patch.ts';

const directive = '$patch';
const retainKeys = '$retainKeys';
const deletePrefix = '$deleteFromPrimitiveList';
const orderPrefix = '$setElementOrder';

/** The merged document; parts that the patch does not touch are shared. Throws an ApiError when the patch is malformed. */
export function applyStrategicMergePatch(type: AnyType, document: JsonObject, patch: JsonObject): JsonObject {
  return mergeObject(document, patch, type);
}

const badFormat = (what: string): ApiError => new ApiError('BadRequest', `invalid patch format of ${what}`);
const failed = (text: string): ApiError => new ApiError('', text);
const noMergeKey = (item: unknown, key: string): ApiError =>
  failed(`map: ${goText(item)} does not contain declared merge key: ${key}`);
const unknownDirective = (value: Json | undefined, item: unknown): ApiError =>
  failed(`unknown patch type: ${goText(value)} in map: ${goText(item)}`);

function mergeObject(document: JsonObject, patch: JsonObject, type: AnyType | undefined): JsonObject {
  if (Object.hasOwn(patch, directive)) return replaceOrDelete(patch);
  const merged: Record<string, Json> = { ...document };
  if (Object.hasOwn(patch, retainKeys)) keepOnly(merged, patch);
  const ordered = new Set<string>();
  for (const key of Object.keys(patch)) {
    if (key.startsWith(orderPrefix)) ordered.add(applyOrder(merged, patch, key, type));
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key === retainKeys || key.startsWith(orderPrefix) || ordered.has(key)) continue;
    const deletes = key.startsWith(deletePrefix);
    const name = deletes ? nameIn(key, deletePrefix, 'primitive list') : key;
    if (value === null) Reflect.deleteProperty(merged, name);
    else if (deletes) deleteItems(merged, name, value, type);
    else {
      const field = mergeField(merged, key, value, type);
      if (field === undefined) Reflect.deleteProperty(merged, key);
      else setOwn(merged, key, field);
    }
  }
  return merged;
}

function replaceOrDelete(patch: JsonObject): JsonObject {
  const { [directive]: action, ...rest } = patch;
  if (action === 'replace') return rest;
  if (action === 'delete') return {};
  throw unknownDirective(action, patch);
}

function keepOnly(merged: Record<string, Json>, patch: JsonObject): void {
  const keys = patch[retainKeys];
  if (!Array.isArray(keys)) throw badFormat('retainKeys');
  for (const [key, value] of Object.entries(patch)) {
    if (key === retainKeys || value === null || key.startsWith(deletePrefix) || key.startsWith(orderPrefix)) continue;
    if (!keys.includes(key)) throw badFormat('retainKeys');
  }
  for (const key of Object.keys(merged)) if (!keys.includes(key)) Reflect.deleteProperty(merged, key);
}

function nameIn(key: string, prefix: string, what: string): string {
  if (key[prefix.length] !== '/') throw badFormat(what);
  return key.slice(prefix.length + 1);
}

/** Undefined: nothing stays. */
function mergeField(
  merged: Record<string, Json>,
  key: string,
  value: Json,
  type: AnyType | undefined,
): Json | undefined {
  const current = Object.hasOwn(merged, key) ? merged[key] : undefined;
  const field = fieldOf(type, key);
  if (Array.isArray(value) && Array.isArray(current)) {
    return field.merges ? mergeList(current, value, field) : value;
  }
  if (isJsonObject(value) && isJsonObject(current)) {
    return field.replaces ? value : mergeObject(current as JsonObject, value as JsonObject, field.type);
  }
  return withoutMarked(withoutNulls(value));
}

/** What a patch adds as a whole, without objects that carry a $patch; undefined: it is one. */
function withoutMarked(value: Json): Json | undefined {
  if (Array.isArray(value)) return value.map(withoutMarked).filter((item) => item !== undefined);
  if (!isJsonObject(value)) return value;
  if (Object.hasOwn(value, directive)) return undefined;
  const clean: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value as JsonObject)) {
    const kept = withoutMarked(item);
    if (kept !== undefined) setOwn(clean, key, kept);
  }
  return clean;
}

interface FieldMeta {
  readonly type: AnyType | undefined;
  /** A list whose items are merged. */
  readonly merges: boolean;
  /** An object that is replaced as a whole. */
  readonly replaces: boolean;
  readonly mergeKey: string | undefined;
}

function fieldOf(type: AnyType | undefined, key: string): FieldMeta {
  const owner = type === undefined ? undefined : resolve(type);
  if (owner?.type === 'map') return { type: owner.of, merges: false, replaces: false, mergeKey: undefined };
  const field = owner?.type === 'object' && Object.hasOwn(owner.fields, key) ? owner.fields[key] : undefined;
  if (field === undefined) return { type: undefined, merges: false, replaces: false, mergeKey: undefined };
  const inner = field.type.type === 'choice' ? undefined : resolve(field.type);
  if (inner?.type === 'list') {
    const { mergeKey, patchStrategy } = inner.options;
    const merges = patchStrategy?.split(',').includes('merge') ?? false;
    return { type: inner.of, merges, replaces: false, mergeKey };
  }
  return { type: inner, merges: false, replaces: field.options.patchStrategy === 'replace', mergeKey: undefined };
}

/** Of a list that is not merged, what should go is all that stays: so it is in the original. */
function deleteItems(merged: Record<string, Json>, name: string, values: Json, type: AnyType | undefined): void {
  const current = Object.hasOwn(merged, name) ? merged[name] : undefined;
  if (!Array.isArray(current) || !Array.isArray(values)) return;
  const field = fieldOf(type, name);
  const scalars = field.merges && field.mergeKey === undefined;
  if (scalars && current.length + values.length > 0) checkItems(current, values);
  const gone = new Set(values);
  const left = current.filter((value) => !gone.has(value));
  setOwn(merged, name, scalars ? left : field.merges ? mergeList(current, values, field) : values);
}

/** Items of both lists must be of one type, and no lists. */
function checkItems(...lists: readonly (readonly Json[])[]): void {
  const kinds = new Set(lists.flat().map((item) => (isJsonObject(item) ? 'map' : goJsonKind(item))));
  if (kinds.has('array'))
    throw new ApiError('Invalid', 'the server rejected our request due to an error in our request', {});
  if (kinds.size === 0) throw failed('no elements in any of the given slices');
  if (kinds.size > 1) throw failed(`list element types are not identical: ${goText(lists)}`);
}

function mergeList(current: readonly Json[], patch: readonly Json[], field: FieldMeta): Json[] {
  if (current.length === 0 && patch.length === 0) return [];
  checkItems(current, patch);
  const { mergeKey } = field;
  if (mergeKey === undefined) {
    return mergeOrder([...new Set([...current, ...patch])], patch, current, undefined);
  }
  const { kept, items } = applyItemDirectives(current, patch, mergeKey);
  const merged = mergeItems(kept, items, mergeKey, field.type);
  for (const item of merged) if (keyOf(item, mergeKey) === undefined) throw noMergeKey(item, mergeKey);
  return mergeOrder(merged, items, kept, mergeKey);
}

/** Takes items with a $patch out of the patch and does what they say. */
function applyItemDirectives(
  current: readonly Json[],
  patch: readonly Json[],
  mergeKey: string,
): { readonly kept: readonly Json[]; readonly items: readonly Json[] } {
  const gone = new Set<Json>();
  let replace = false;
  const items: Json[] = [];
  for (const item of patch) {
    if (!isJsonObject(item) || !Object.hasOwn(item, directive)) {
      items.push(item);
      continue;
    }
    const action = (item as JsonObject)[directive];
    if (action === 'replace') replace = true;
    else if (action === 'merge') throw failed('merging lists cannot yet be specified in the patch');
    else if (action !== 'delete') throw unknownDirective(action, item);
    else {
      const key = keyOf(item, mergeKey);
      if (key === undefined) throw noMergeKey(item, mergeKey);
      gone.add(key);
    }
  }
  if (replace) return { kept: items, items: [] };
  const stays = (item: Json): boolean => {
    const key = keyOf(item, mergeKey);
    return key === undefined || !gone.has(key);
  };
  return { kept: gone.size === 0 ? current : current.filter(stays), items };
}

function mergeItems(
  current: readonly Json[],
  patch: readonly Json[],
  mergeKey: string,
  type: AnyType | undefined,
): Json[] {
  const merged = [...current];
  /** Of the first item with a key. */
  const places = new Map<Json | undefined, number>();
  for (const [place, item] of current.entries()) {
    const key = keyOf(item, mergeKey);
    if (!places.has(key)) places.set(key, place);
  }
  for (const item of patch) {
    const key = keyOf(item, mergeKey);
    if (key === undefined) throw noMergeKey(item, mergeKey);
    const at = places.get(key);
    if (at === undefined) places.set(key, merged.push(item) - 1);
    else merged[at] = mergeObject(merged[at] as JsonObject, item as JsonObject, type);
  }
  return merged;
}

function keyOf(item: Json, mergeKey: string): Json | undefined {
  return isJsonObject(item) && Object.hasOwn(item, mergeKey) ? (item as JsonObject)[mergeKey] : undefined;
}

function keyIn(item: Json, mergeKey: string): Json {
  if (!isJsonObject(item)) throw failed(`expected a map[string]interface {}, but received a ${goTypeOf(item)}`);
  const key = keyOf(item, mergeKey);
  if (key === undefined) throw noMergeKey(item, mergeKey);
  return key;
}

/** Merges the list that the directive speaks of, and puts it in order. Answers the list's name. */
function applyOrder(merged: Record<string, Json>, patch: JsonObject, key: string, type: AnyType | undefined): string {
  const order = listIn(patch, key) ?? [];
  const name = nameIn(key, orderPrefix, 'setElementOrder list');
  const current = listIn(merged, name);
  const items = listIn(patch, name);
  checkIsList(type, name);
  const field = fieldOf(type, name);
  checkOrder(items ?? [], order, field.mergeKey);
  if (current === undefined && items === undefined) return name;
  const all = mergedBefore(current, items, field);
  checkItems(current ?? [], items ?? []);
  setOwn(merged, name, mergeOrder(all, order, current ?? [], field.mergeKey));
  return name;
}

/** Undefined: it is not there. */
function listIn(fields: JsonObject, name: string): readonly Json[] | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (value === undefined || Array.isArray(value)) return value;
  throw failed(`expected a []interface {}, but received a ${goTypeOf(value)}`);
}

/** How Go prints the type of a value with %s. */
function goTypeOf(value: Json): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (value === null) return '%!s(<nil>)';
  if (typeof value === 'number') return 'int64';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  return isJsonObject(value) ? 'map[string]interface {}' : 'float64';
}

function checkIsList(type: AnyType | undefined, name: string): void {
  const owner = type === undefined ? undefined : resolve(type);
  if (owner?.type !== 'object') return;
  const field = Object.hasOwn(owner.fields, name) ? owner.fields[name] : undefined;
  const struct = owner.name.split('.').at(-1) ?? '';
  if (field === undefined) {
    throw failed(`unable to find api field in struct ${struct} for the json field ${JSON.stringify(name)}`);
  }
  if (resolve(field.type).type !== 'list') throw failed('expected slice or array type, but got: struct');
}

function mergedBefore(
  current: readonly Json[] | undefined,
  items: readonly Json[] | undefined,
  field: FieldMeta,
): readonly Json[] {
  if (items === undefined) return current ?? [];
  if (current === undefined) return items.map(withoutMarked).filter((item) => item !== undefined);
  return field.merges ? mergeList(current, items, field) : items;
}

/** Items of the patch must come in the order that the directive gives. */
function checkOrder(items: readonly Json[], order: readonly Json[], mergeKey: string | undefined): void {
  const marked = (item: Json): boolean => isJsonObject(item) && Object.hasOwn(item, directive);
  const wanted = items.filter((item) => !marked(item));
  if (order.length === 0 || wanted.length === 0) return;
  let at = 0;
  for (const place of order) {
    const item = wanted[at];
    if (item === undefined) return;
    if (mergeKey === undefined ? item === place : keyIn(item, mergeKey) === keyIn(place, mergeKey)) at++;
  }
  if (at < wanted.length) {
    throw failed(`The order in patch list:\n${goText(items)}\n doesn't match ${orderPrefix} list:\n${goText(order)}\n`);
  }
}
