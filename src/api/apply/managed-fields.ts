/**
 * The managers of an object: who owns which fields, since when, through which version and subresource. They are read from
 * and written to metadata.managedFields.
 */
import { isJsonObject } from '../codec/json-object.ts';
import type { Json, JsonObject } from '../schema.ts';
import { isEmpty, type FieldSet } from './field-set.ts';
import { formatFieldsV1, parseFieldsV1 } from './fields-v1.ts';
import { union } from './kept-sets.ts';

export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** '' for the object itself. */
  readonly subresource: string;
  /** RFC 3339; an applier that changed nothing has none. */
  readonly time: string | undefined;
  readonly set: FieldSet;
}

/** By their identity: see `managerKey`. */
export type Managers = ReadonlyMap<string, Manager>;

/** An entry of metadata.managedFields. */
export interface ManagedFieldsEntry {
  readonly manager?: string | undefined;
  readonly operation?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly time?: string | undefined;
  readonly fieldsType?: string | undefined;
  readonly fieldsV1?: JsonObject | undefined;
  readonly subresource?: string | undefined;
}

const maxUpdateManagers = 10;
const oldUpdates = 'ancient-changes';

/** Two entries with one key are one manager: an applier is the same in every version. Keys sort as managers are named. */
export function managerKey(of: Pick<Manager, 'name' | 'operation' | 'apiVersion' | 'subresource'>): string {
  return JSON.stringify({
    ...(of.name === '' ? {} : { manager: of.name }),
    operation: of.operation,
    ...(of.operation === 'Update' ? { apiVersion: of.apiVersion } : {}),
    ...(of.subresource === '' ? {} : { subresource: of.subresource }),
  });
}

/** Undefined when an entry cannot be read: clients send what they like. */
export function readManagers(entries: readonly ManagedFieldsEntry[] | undefined): Managers | undefined {
  const managers = new Map<string, Manager>();
  for (const { manager: name = '', operation, apiVersion = '', subresource = '', time, ...entry } of entries ?? []) {
    const { fieldsType, fieldsV1 = {} } = entry;
    if ((operation !== 'Apply' && operation !== 'Update') || apiVersion === '') return undefined;
    if (fieldsType !== 'FieldsV1' || !isJsonObject(fieldsV1)) return undefined;
    const manager: Manager = { name, operation, apiVersion, subresource, time, set: parseFieldsV1(fieldsV1) };
    managers.set(managerKey(manager), manager);
  }
  return managers;
}

/** In the order of the API: appliers first, then by whole seconds, then by name; undefined when there are none. */
export function writeManagers(managers: Managers): readonly ManagedFieldsEntry[] | undefined {
  const sorted = [...managers.values()].filter(({ set }) => !isEmpty(set)).sort(compareManagers);
  return sorted.length === 0 ? undefined : sorted.map(writeManager);
}

const writeManager = (manager: Manager): ManagedFieldsEntry => managedFieldsEntry(manager, formatFieldsV1(manager.set));

/** An entry for the fields; names that are empty are left out. */
export function managedFieldsEntry(manager: Omit<Manager, 'set'>, fieldsV1: JsonObject): ManagedFieldsEntry {
  const { name, operation, apiVersion, time, subresource } = manager;
  return {
    ...(name === '' ? {} : { manager: name }),
    operation,
    ...(apiVersion === '' ? {} : { apiVersion }),
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(subresource === '' ? {} : { subresource }),
  };
}

function compareManagers(a: Manager, b: Manager): number {
  return (
    compare(a.operation, b.operation) ||
    compare(a.time ?? '', b.time ?? '') ||
    compare(a.name, b.name) ||
    compare(a.apiVersion, b.apiVersion) ||
    compare(a.subresource, b.subresource)
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** At most ten entries of updates: the oldest of each version are put together. */
export function capUpdates(managers: Managers): Managers {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update');
  let count = updaters.length;
  if (count <= maxUpdateManagers) return managers;
  updaters.sort(([aKey, a], [bKey, b]) => compare(a.time ?? '', b.time ?? '') || compare(aKey, bKey));
  const capped = new Map(managers);
  const firstOfVersion = new Map<string, string>();
  for (const [key, manager] of updaters) {
    if (count <= maxUpdateManagers) break;
    const { apiVersion } = manager;
    const first = firstOfVersion.get(apiVersion);
    if (first === undefined) {
      firstOfVersion.set(apiVersion, key);
      continue;
    }
    const bucket: Manager = { ...manager, name: oldUpdates, subresource: '' };
    const bucketKey = managerKey(bucket);
    const own = capped.get(bucketKey) ?? capped.get(first);
    if (!capped.has(bucketKey)) capped.delete(first);
    capped.delete(key);
    capped.set(bucketKey, { ...bucket, set: own === undefined ? manager.set : union(manager.set, own.set) });
    count--;
  }
  return capped;
}

/** The object without metadata.managedFields, which nobody owns. */
export function withoutManagedFields(object: object): JsonObject {
  const json = object as JsonObject;
  const metadata = metadataOf(object);
  if (metadata === undefined || !Object.hasOwn(metadata, 'managedFields')) return json;
  const { managedFields: _, ...rest } = metadata;
  return { ...json, metadata: rest };
}

export function managedFieldsOf(object: object): readonly ManagedFieldsEntry[] | undefined {
  const entries: Json | undefined = metadataOf(object)?.['managedFields'];
  return Array.isArray(entries) ? (entries as readonly ManagedFieldsEntry[]) : undefined;
}

export function metadataOf(object: object): JsonObject | undefined {
  const { metadata } = object as { readonly metadata?: Json };
  return typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)
    ? (metadata as JsonObject)
    : undefined;
}
