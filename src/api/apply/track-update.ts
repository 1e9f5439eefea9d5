/** Keeps managedFields up to date when an object is created, replaced or patched (all but apply). */
import { zeroOf } from '../codec/decode.ts';
import type { KindType } from '../message.ts';
import type { JsonObject } from '../schema.ts';
import { formatTime } from '../time.ts';
import { emptySet, isEmpty, type FieldSet } from './field-set.ts';
import { fieldsOfNew } from './fields-of-new.ts';
import { difference, keepSet, recursiveDifference, union } from './kept-sets.ts';
import {
  capUpdates,
  managedFieldsEntry,
  managedFieldsOf,
  managerKey,
  readManagers,
  withoutManagedFields,
  writeManagers,
  type ManagedFieldsEntry,
  type Managers,
} from './managed-fields.ts';
import { setOfFields, settle, unownedFields, type Convert } from './ownership.ts';

export interface UpdateToTrack {
  readonly type: KindType;
  /** The object as it is; undefined: it is created. In the version of the request. */
  readonly before: object | undefined;
  /** What the client wants: decoded and with defaults, before the server changes anything else. */
  readonly after: object;
  /** Name of the field manager. */
  readonly manager: string;
  /** '' for the object itself. */
  readonly subresource: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Fields that this endpoint leaves alone, such as [['status']]. */
  readonly resetFields?: readonly (readonly string[])[] | undefined;
  /** The only fields that this endpoint looks at; default: all. */
  readonly onlyFields?: readonly (readonly string[])[] | undefined;
  /** The client sent an empty list of managedFields (or one empty entry): forget them all. */
  readonly forget?: boolean;
  readonly convert?: Convert;
}

/** The managedFields after the update; undefined = none. An object without any stays without until it is applied. */
export function trackUpdate(update: UpdateToTrack): readonly ManagedFieldsEntry[] | undefined {
  const { type, before, after, manager, subresource } = update;
  const { apiVersion } = type;
  const time = formatTime(update.nowMs);
  const by = { name: manager, operation: 'Update', apiVersion, subresource, time } as const;
  const managers = managersBefore(update);
  if (managers.size === 0) {
    if (before !== undefined) return undefined;
    const fields = fieldsOfNew(type, withoutManagedFields(after), resetSet(update), unownedFields);
    if (fields === undefined) return undefined;
    return [managedFieldsEntry(by, fields)];
  }
  const reset = resetSet(update);
  const change = {
    type,
    apiVersion,
    before: withoutManagedFields(before ?? (zeroOf(type) as JsonObject)),
    after: withoutManagedFields(after),
    reset,
    only: update.onlyFields === undefined ? undefined : setOfFields(update.onlyFields),
    convert: update.convert,
  };
  const key = managerKey(by);
  const { comparison, managers: settled } = settle(change, managers, { updates: key });
  const taken = difference(union(comparison.modified, comparison.added), comparison.removed);
  const own = difference(recursiveDifference(taken, reset), unownedFields);
  if (isEmpty(own)) return writeManagers(capUpdates(settled));
  const tracked = new Map(settled);
  tracked.set(key, { ...by, set: union(settled.get(key)?.set ?? emptySet, own) });
  return writeManagers(capUpdates(tracked));
}

const noFields: readonly (readonly string[])[] = [];
const resetSets = new WeakMap<readonly (readonly string[])[], FieldSet>();

/** Descriptors say it in one list for all requests. */
function resetSet({ resetFields = noFields }: UpdateToTrack): FieldSet {
  let set = resetSets.get(resetFields);
  if (set === undefined) resetSets.set(resetFields, (set = keepSet(setOfFields(resetFields))));
  return set;
}

/** Clients may send managedFields with the object itself; through a subresource they are not looked at. */
function managersBefore({ before, after, subresource, forget }: UpdateToTrack): Managers {
  if (subresource === '') {
    if (forget === true || forgetsManagers(after)) return new Map();
    const sent = readManagers(managedFieldsOf(after));
    if (sent !== undefined && sent.size > 0) return sent;
  }
  return readManagers(before === undefined ? undefined : managedFieldsOf(before)) ?? new Map();
}

/** A body as sent asks to forget all managers: its managedFields are an empty list, or hold one empty entry. */
export function forgetsManagers(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const entries = managedFieldsOf(body);
  if (entries === undefined) return false;
  return entries.length === 0 || (entries.length === 1 && Object.keys(entries[0] ?? {}).length === 0);
}
