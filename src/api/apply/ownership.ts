/**
 * The rules that updates and applies share: how the managers of an object change when the object does.
 *
 *   changed or added by someone else   → no longer owned (an apply without force stops here: a conflict)
 *   removed                            → owned by nobody
 */
import type { AnyType, Json, JsonObject } from '../schema.ts';
import { compareValues, excludeFields } from './compare.ts';
import type { Comparison } from './comparison-steps.ts';
import type { Conflict } from './conflict.ts';
import { anyElement, below, emptySet, isEmpty, pathsOf, setOfPaths, type FieldSet } from './field-set.ts';
import { difference, intersection, keepSet, union } from './kept-sets.ts';
import type { Manager, Managers } from './managed-fields.ts';
import { fieldElement, fieldNameOf } from './path-element.ts';

/** An object as one version of its kind shows it. */
export interface Versioned {
  readonly type: AnyType;
  readonly object: JsonObject;
}

/** Shows an object of one version in another; undefined when that version is not served any more. */
export type Convert = (object: JsonObject, apiVersion: string) => Versioned | undefined;

export interface Change {
  readonly type: AnyType;
  readonly apiVersion: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
  /** Fields that this endpoint leaves alone whatever is sent. */
  readonly reset: FieldSet;
  /** The only fields that this endpoint looks at; undefined: all. */
  readonly only?: FieldSet | undefined;
  readonly convert: Convert | undefined;
}

/** Fields that nobody owns. */
export const unownedFields: FieldSet = keepSet(
  setOfPaths([
    ['f:apiVersion'],
    ['f:kind'],
    ['f:metadata'],
    ...[
      'name',
      'namespace',
      'creationTimestamp',
      'selfLink',
      'uid',
      'clusterName',
      'generation',
      'managedFields',
      'resourceVersion',
    ].map((name) => ['f:metadata', fieldElement(name)]),
  ]),
);

/** A set of fields from paths such as ['metadata', 'labels']; '*' is any element. */
export const setOfFields = (paths: readonly (readonly string[])[]): FieldSet =>
  setOfPaths(paths.map((path) => path.map((name) => (name === anyElement ? name : fieldElement(name)))));

export interface Settled {
  /** What changed, in the version of the request. */
  readonly comparison: Comparison;
  /** All managers without what they lost. */
  readonly managers: Managers;
  readonly conflicts: readonly Conflict[];
}

/** Who makes the change: keys of managers. */
interface Self {
  /** Loses nothing here. */
  readonly applies?: string;
  /** Keeps what it changes and loses what it removes. */
  readonly updates?: string;
}

/** Lets all managers lose what the change takes from them. */
export function settle(change: Change, managers: Managers, self: Self): Settled {
  const comparison = compareKept(change.type, change.before, change.after, change);
  const comparisons = new Map<string, Comparison | undefined>([[change.apiVersion, comparison]]);
  const settled = new Map<string, Manager>();
  const conflicts: Conflict[] = [];
  for (const [key, manager] of [...managers].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (key === self.applies) {
      settled.set(key, manager);
      continue;
    }
    if (!comparisons.has(manager.apiVersion)) {
      comparisons.set(manager.apiVersion, compareIn(change, manager.apiVersion));
    }
    const seen = comparisons.get(manager.apiVersion);
    if (seen === undefined) continue;
    const lost = key === self.updates ? emptySet : intersection(manager.set, union(seen.modified, seen.added));
    if (!isEmpty(lost)) conflicts.push(...pathsOf(lost).map((path) => ({ manager, path })));
    const set = difference(difference(manager.set, lost), seen.removed);
    if (!isEmpty(set)) settled.set(key, set === manager.set ? manager : { ...manager, set });
  }
  return { comparison, managers: settled, conflicts };
}

function compareIn(change: Change, apiVersion: string): Comparison | undefined {
  const before = change.convert?.(change.before, apiVersion);
  const after = change.convert?.(change.after, apiVersion);
  if (before === undefined || after === undefined) return undefined;
  return compareKept(after.type, before.object, after.object, change);
}

/** What differs beside the fields in `reset`; what they leave out as a whole (`spec` of a status) is not looked at. */
function compareKept(
  type: AnyType,
  before: JsonObject,
  after: JsonObject,
  { reset, only }: Pick<Change, 'reset' | 'only'>,
): Comparison {
  const kept: Record<string, Json> = { ...after };
  for (const [element, { member }] of reset.children) {
    const name = member ? fieldNameOf(element) : undefined;
    if (name === undefined) continue;
    const value = Object.hasOwn(before, name) ? before[name] : undefined;
    if (value === undefined) delete kept[name];
    else kept[name] = value;
  }
  const comparison = excludeFields(compareValues(type, before, kept), reset);
  if (only === undefined) return comparison;
  const { added, modified, removed } = comparison;
  return { added: below(added, only), modified: below(modified, only), removed: below(removed, only) };
}
