/**
 * Who owns the number of replicas after a write through the scale subresource. The managers are tracked on the Scale, where
 * the number is the one field, and then carried over to the object:
 *
 *   object's managers ──those who own replicas──▶ Scale's managers ──write──▶ who lost it, who has it now ──▶ object's managers
 *
 * An updater is known by its version too, and that differs between the two: so it never keeps the number, but loses it and
 * comes by it anew. A manager that comes by the number has no time of its own, and so stands before the others.
 */
import { difference, isEmpty, setOfPaths, type FieldSet } from '../../api/apply/field-set.ts';
import { readManagers, writeManagers, type ManagedFieldsEntry, type Manager } from '../../api/apply/managed-fields.ts';
import { fieldElement } from '../../api/apply/path-element.ts';
import { Scale } from '../../api/groups/autoscaling.v1.ts';

type Entries = readonly ManagedFieldsEntry[];

/** Where objects of a version keep the number, such as ['spec', 'replicas']; 'none': nowhere; undefined: no such version. */
export type ReplicasPath = (apiVersion: string) => readonly string[] | 'none' | undefined;

const inScale = setAt(['spec', 'replicas']);

/** The managers of the Scale: those of the object that own the number. */
export function managersOfScale(managedFields: Entries, pathIn: ReplicasPath): Entries {
  const owners = [...(readManagers(managedFields) ?? new Map<string, Manager>())].filter(([, manager]) =>
    ownsNumber(manager, pathIn),
  );
  return (
    writeManagers(
      new Map(owners.map(([key, manager]) => [key, { ...manager, apiVersion: Scale.apiVersion, set: inScale }])),
    ) ?? []
  );
}

export interface ScaleWrite {
  /** Of the object, before. */
  readonly managedFields: Entries;
  /** Of the Scale, after. */
  readonly scaleFields: Entries;
  readonly pathIn: ReplicasPath;
  /** Of the object, as the request sees it. */
  readonly apiVersion: string;
}

/** The object's managedFields after the write. */
export function managersAfterScale({
  managedFields,
  scaleFields,
  pathIn,
  apiVersion,
}: ScaleWrite): Entries | undefined {
  const scaled = new Map(readManagers(scaleFields));
  const after = new Map<string, Manager>();
  for (const [key, manager] of readManagers(managedFields) ?? []) {
    const path = pathIn(manager.apiVersion);
    if (path === undefined) continue;
    if (path === 'none' || !ownsNumber(manager, pathIn) || scaled.delete(key)) {
      after.set(key, manager);
      continue;
    }
    const set = difference(manager.set, setAt(path));
    if (!isEmpty(set)) after.set(key, { ...manager, set });
  }
  const path = pathIn(apiVersion);
  if (path === undefined || path === 'none') return writeManagers(after);
  for (const [key, manager] of scaled) {
    if (hasMember(manager.set, ['spec', 'replicas'])) {
      after.set(key, { ...manager, apiVersion, time: undefined, set: setAt(path) });
    }
  }
  return writeManagers(after);
}

function setAt(path: readonly string[]): FieldSet {
  return setOfPaths([path.map(fieldElement)]);
}

function ownsNumber({ apiVersion, set }: Manager, pathIn: ReplicasPath): boolean {
  const path = pathIn(apiVersion);
  return path !== undefined && path !== 'none' && hasMember(set, path);
}

function hasMember(set: FieldSet, path: readonly string[]): boolean {
  let at: FieldSet | undefined = set;
  for (const step of path) at = at?.children.get(fieldElement(step));
  return at?.member === true;
}
