/**
 * Who owns the number of replicas after a write through the scale subresource. The managers are tracked on the Scale, where
 * the number is the one field, and then carried over to the object:
 *
 *   object's managers ──those who own replicas──▶ Scale's managers ──write──▶ who lost it, who has it now ──▶ object's managers
 *
 * A manager that comes by the number this way has no time of its own, and so stands before the others.
 */
import type { ManagedFieldsEntry } from '../../api/apply/managed-fields.ts';
import { trackUpdate } from '../../api/apply/track-update.ts';
import { Scale } from '../../api/groups/autoscaling.v1.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { isObject } from '../verbs/body-kind.ts';

export interface ScaleWrite {
  readonly managedFields: readonly ManagedFieldsEntry[];
  /** Where the object keeps the number, such as ['spec', 'replicas']. */
  readonly path: readonly string[];
  /** apiVersion of the object. */
  readonly apiVersion: string;
  readonly before: JsonObject;
  readonly after: object;
  readonly manager: string;
  readonly nowMs: number;
}

const inScale: JsonObject = { 'f:spec': { 'f:replicas': {} } };

/** The object's managedFields after the write. */
export function scaleManagers(write: ScaleWrite): readonly ManagedFieldsEntry[] {
  const owners = write.managedFields.filter((entry) => owns(entry.fieldsV1, write.path));
  const own = owners.map((entry) => ({ ...entry, apiVersion: 'autoscaling/v1', fieldsV1: inScale }));
  const withManagers = (scale: object): object => ({
    ...scale,
    metadata: { ...(scale as { metadata?: object }).metadata, managedFields: own },
  });
  const tracked = trackUpdate({
    type: Scale,
    before: withManagers(write.before),
    after: withManagers(write.after),
    manager: write.manager,
    subresource: 'scale',
    nowMs: write.nowMs,
  });
  const now = tracked ?? [];
  const keeps = new Set(now.map(identity));
  const kept = write.managedFields.flatMap((entry) =>
    !owners.includes(entry) || keeps.has(identity(entry)) ? [entry] : without(entry, write.path),
  );
  const known = new Set(owners.map(identity));
  const added = now.filter((entry) => !known.has(identity(entry))).map((entry) => fresh(entry, write));
  const isApply = ({ operation }: ManagedFieldsEntry): boolean => operation === 'Apply';
  return [...kept.filter(isApply), ...added, ...kept.filter((entry) => !isApply(entry))];
}

const identity = ({ manager, operation, subresource }: ManagedFieldsEntry): string =>
  `${operation} ${subresource ?? ''} ${manager}`;

function fresh({ manager, operation }: ManagedFieldsEntry, { apiVersion, path }: ScaleWrite): ManagedFieldsEntry {
  const fieldsV1 = path.toReversed().reduce<JsonObject>((inner, step) => ({ [`f:${step}`]: inner }), {});
  return {
    manager,
    operation,
    apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1,
    subresource: 'scale',
  } as ManagedFieldsEntry;
}

function owns(fields: Json | undefined, [step, ...rest]: readonly string[]): boolean {
  if (!isObject(fields)) return false;
  return step === undefined || (Object.hasOwn(fields, `f:${step}`) && owns(fields[`f:${step}`], rest));
}

/** The entry without the field; nothing when it owned nothing else. */
function without(entry: ManagedFieldsEntry, path: readonly string[]): ManagedFieldsEntry[] {
  const fieldsV1 = removed(entry.fieldsV1 as JsonObject, path);
  return fieldsV1 === undefined ? [] : [{ ...entry, fieldsV1 } as ManagedFieldsEntry];
}

function removed(fields: JsonObject, [step = '', ...rest]: readonly string[]): JsonObject | undefined {
  const { [`f:${step}`]: inner, ...others } = fields;
  const left = rest.length === 0 || !isObject(inner) ? undefined : removed(inner, rest);
  const result = left === undefined ? others : { ...others, [`f:${step}`]: left };
  return Object.keys(result).length === 0 ? undefined : result;
}
