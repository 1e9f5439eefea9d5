/**
 * Server-side apply: merges what a manager wants into the live object, takes out what it no longer wants, and moves
 * ownership. https://kubernetes.io/docs/reference/using-api/server-side-apply
 *
 * A field goes when the manager applied it last time, does not apply it now, and nobody else owns it.
 */
import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '../api-error.ts';
import { zeroOf } from '../codec/decode.ts';
import type { KindType } from '../message.ts';
import type { Json, JsonObject } from '../schema.ts';
import { formatTime } from '../time.ts';
import type { Conflict } from './conflict.ts';
import { below, emptySet, isEmpty, type FieldSet } from './field-set.ts';
import { difference, intersection, recursiveDifference, union } from './kept-sets.ts';
import {
  managedFieldsOf,
  managerKey,
  metadataOf,
  readManagers,
  withoutManagedFields,
  writeManagers,
  type ManagedFieldsEntry,
  type Manager,
  type Managers,
} from './managed-fields.ts';
import { setOfFields, settle, unownedFields, type Change, type Convert, type Versioned } from './ownership.ts';
import { mergeApplied } from './merge.ts';
import { removeItems } from './remove-items.ts';
import { reconcileSet, toFieldSet, withNamedFields } from './to-field-set.ts';
import { appliedErrors, joinErrors } from './validate-applied.ts';

export interface ApplyRequest {
  readonly type: KindType;
  /** The object as it is, in the version of the request; undefined: it is created. */
  readonly live: object | undefined;
  /** As sent: parsed, not decoded. */
  readonly applied: JsonObject;
  /** Name of the field manager. */
  readonly manager: string;
  /** Take fields from others. */
  readonly force: boolean;
  /** '' for the object itself. */
  readonly subresource: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Fields that this endpoint leaves alone, such as [['status']]. */
  readonly resetFields?: readonly (readonly string[])[];
  /** The only fields that this endpoint looks at, such as [['spec', 'containers', '*', 'resources']]; default: all. */
  readonly onlyFields?: readonly (readonly string[])[] | undefined;
  readonly convert?: Convert;
}

export type ApplyResult =
  | {
      readonly ok: true;
      /** Merged, without managedFields: to be decoded, filled with defaults, checked. The live one when nothing changed. */
      readonly object: JsonObject;
      readonly changed: boolean;
      readonly managedFields: readonly ManagedFieldsEntry[] | undefined;
    }
  | { readonly ok: false; readonly conflicts: readonly Conflict[] };

const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** Throws an ApiError when the applied object does not fit the type. */
export function applyPatch(request: ApplyRequest): ApplyResult {
  checkApplied(request);
  const result = apply(request, request.force);
  if (request.manager !== 'kubectl' || request.live === undefined) return result;
  if (result.ok) return syncLastApplied(request, result);
  const others = result.conflicts.filter((conflict) => !ownedByClientSideApply(request, conflict));
  return others.length === 0 ? applyForced(request) : { ok: false, conflicts: others };
}

const applyForced = (request: ApplyRequest): ApplyResult => {
  const result = apply(request, true);
  return result.ok ? syncLastApplied(request, result) : result;
};

function checkApplied({ type, applied }: ApplyRequest): void {
  const metadata = metadataOf(applied);
  if (metadata?.['managedFields'] !== undefined && metadata['managedFields'] !== null) {
    throw new ApiError('BadRequest', 'metadata.managedFields must be nil');
  }
  const errors = appliedErrors(type, applied);
  if (errors.length === 0) return;
  throw new ApiError('', `failed to create typed patch object (${appliedName(type, applied)}): ${joinErrors(errors)}`);
}

/** How errors name what was applied, such as `default/web; apps/v1, Kind=Deployment`. */
export function appliedName(type: KindType, applied: JsonObject): string {
  const metadata = metadataOf(applied);
  return `${textIn(metadata, 'namespace')}/${textIn(metadata, 'name')}; ${kindText(type)}`;
}

/** How Go prints a kind, such as `apps/v1, Kind=Deployment`. */
export const kindText = ({ apiVersion, kind }: Pick<KindType, 'apiVersion' | 'kind'>): string =>
  `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;

function objectIn(object: JsonObject | undefined, name: string): JsonObject | undefined {
  const value = object?.[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

function textIn(object: JsonObject | undefined, name: string): string {
  const value = object?.[name];
  return typeof value === 'string' ? value : '';
}

function apply(request: ApplyRequest, force: boolean): ApplyResult {
  const { type, subresource } = request;
  const { apiVersion } = type;
  const now = formatTime(request.nowMs);
  const live = withoutManagedFields(request.live ?? (zeroOf(type) as JsonObject));
  const applied = withoutManagedFields(request.applied);
  const reset = setOfFields(request.resetFields ?? []);
  const managers = managersOf(request, live);
  const only = request.onlyFields === undefined ? undefined : setOfFields(request.onlyFields);
  const wanted = recursiveDifference(toFieldSet(type, applied), reset);
  const set = only === undefined ? wanted : below(wanted, only);
  const own: Manager = { name: request.manager, operation: 'Apply', apiVersion, subresource, time: undefined, set };
  const key = managerKey(own);
  const last = managers.get(key);
  const claimed = new Map(managers).set(key, { ...own, time: last?.time });
  const object = prune(request, mergeApplied(type, live, applied), claimed, last);
  const change: Change = { type, apiVersion, before: live, after: object, reset, only, convert: request.convert };
  const { managers: settled, conflicts } = settle(change, claimed, { applies: key });
  if (conflicts.length > 0 && !force) return { ok: false, conflicts };
  const changed = !isDeepStrictEqual(live, object);
  const owned = difference(set, unownedFields);
  const after = new Map(settled);
  if (isEmpty(owned)) after.delete(key);
  else after.set(key, { ...own, set: owned, time: changed ? now : last?.time });
  return { ok: true, object: changed ? object : live, changed, managedFields: writeManagers(after) };
}

/** An object that was never tracked: all that it holds was there before the first apply. */
function managersOf({ type, live, nowMs }: ApplyRequest, bare: JsonObject): Managers {
  const { apiVersion } = type;
  const managers = readManagers(live === undefined ? undefined : managedFieldsOf(live));
  if (managers === undefined) throw new ApiError('', 'failed to decode managed fields: invalid managed fields');
  if (managers.size > 0 || live === undefined) {
    return new Map([...managers].map(([key, manager]) => [key, reconciled(type, manager)]));
  }
  const empty = zeroOf(type) as JsonObject;
  const change: Change = { type, apiVersion, before: empty, after: bare, reset: emptySet, convert: undefined };
  const { added, modified } = settle(change, new Map(), {}).comparison;
  const set = difference(union(added, modified), unownedFields);
  if (isEmpty(set)) return new Map();
  const name = 'before-first-apply';
  const entry: Manager = { name, operation: 'Update', apiVersion, subresource: '', time: formatTime(nowMs), set };
  return new Map([[managerKey(entry), entry]]);
}

function reconciled(type: KindType, manager: Manager): Manager {
  if (manager.apiVersion !== type.apiVersion) return manager;
  const set = reconcileSet(type, manager.set);
  return set === manager.set ? manager : { ...manager, set };
}

/**
 * Takes out what the manager applied last time (`last`), does not apply now, and nobody else owns. Each version in which
 * somebody owns fields has its say, that of the last apply first.
 */
function prune(request: ApplyRequest, merged: JsonObject, managers: Managers, last: Manager | undefined): JsonObject {
  if (last === undefined || isEmpty(last.set)) return merged;
  const shown = view(request, merged, request.type.apiVersion, last.apiVersion);
  if (shown === undefined) return merged;
  const lastSet = withNamedFields(shown.type, last.set);
  let pruned = removeItems(shown.type, shown.object, lastSet);
  let prunedVersion = last.apiVersion;
  for (const [apiVersion, owned] of ownedByVersion(managers, last.apiVersion)) {
    const whole = view(request, merged, request.type.apiVersion, apiVersion);
    const rest = view(request, pruned, prunedVersion, apiVersion);
    if (whole === undefined || rest === undefined) continue;
    const kept = union(namedFieldsOf(rest), withNamedFields(whole.type, owned));
    pruned = removeItems(whole.type, whole.object, difference(namedFieldsOf(whole), kept));
    prunedVersion = apiVersion;
  }
  const rest = view(request, pruned, prunedVersion, last.apiVersion);
  if (rest === undefined) return merged;
  const gone = intersection(difference(namedFieldsOf(shown), namedFieldsOf(rest)), lastSet);
  const result = removeItems(shown.type, shown.object, gone);
  return view(request, result, last.apiVersion, request.type.apiVersion)?.object ?? merged;
}

const namedFieldsOf = ({ type, object }: Versioned): FieldSet => withNamedFields(type, toFieldSet(type, object));

function view(request: ApplyRequest, object: JsonObject, from: string, to: string): Versioned | undefined {
  const { type, convert } = request;
  if (from === to && to === type.apiVersion) return { type, object };
  return convert?.(object, to);
}

/** All that is owned, by version; `first` comes first, even if nothing is owned there. */
function ownedByVersion(managers: Managers, first: string): ReadonlyMap<string, FieldSet> {
  const owned = new Map<string, FieldSet>([[first, emptySet]]);
  for (const { apiVersion, set } of managers.values()) {
    owned.set(apiVersion, union(owned.get(apiVersion) ?? emptySet, set));
  }
  return owned;
}

/** Fields that client-side apply wrote may be taken over by kubectl's server-side apply. */
function ownedByClientSideApply({ type, live }: ApplyRequest, { path }: Conflict): boolean {
  const object = parseAnnotation(live);
  if (object === undefined) return false;
  let at: FieldSet | undefined = toFieldSet(type, object);
  for (const element of path) at = at?.children.get(element);
  return at?.member === true;
}

function parseAnnotation(object: object | undefined): JsonObject | undefined {
  const text = objectIn(object === undefined ? undefined : metadataOf(object), 'annotations')?.[lastAppliedAnnotation];
  if (typeof text !== 'string') return undefined;
  try {
    const parsed = JSON.parse(text) as Json;
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** kubectl's server-side apply keeps the annotation of its client-side apply in step, where there is one. */
function syncLastApplied(request: ApplyRequest, result: Extract<ApplyResult, { ok: true }>): ApplyResult {
  if (parseAnnotation(request.live) === undefined || request.subresource !== '') return result;
  const metadata = metadataOf(result.object) ?? {};
  const annotations = objectIn(metadata, 'annotations');
  if (annotations?.[lastAppliedAnnotation] === undefined) return result;
  const applied = withoutManagedFields(request.applied);
  const text = `${JSON.stringify(applied)}\n`;
  if (annotations[lastAppliedAnnotation] === text) return result;
  const synced = { ...metadata, annotations: { ...annotations, [lastAppliedAnnotation]: text } };
  return { ...result, object: { ...result.object, metadata: synced } };
}
