/**
 * The order of a list after a strategic merge: items that the patch names come in its order, others keep theirs, and
 * where the two meet the order of the list as it was decides.
 */
import { isJsonObject } from '../codec/json-object.ts';
import type { Json, JsonObject } from '../schema.ts';

/** `items`: all items after merging; `wanted`: the order that the patch gives; `before`: the list as it was. */
export function mergeOrder(
  items: readonly Json[],
  wanted: readonly Json[],
  before: readonly Json[],
  mergeKey: string | undefined,
): Json[] {
  const wantedAt = positions(wanted, mergeKey);
  const beforeAt = positions(before, mergeKey);
  const place = (of: Map<unknown, number>, item: Json | undefined): number => of.get(identity(item, mergeKey)) ?? -1;
  const named = items.filter((item) => place(wantedAt, item) >= 0);
  const others = items.filter((item) => place(wantedAt, item) < 0);
  named.sort((a, b) => place(wantedAt, a) - place(wantedAt, b));
  others.sort((a, b) => place(beforeAt, a) - place(beforeAt, b));
  const merged: Json[] = [];
  let next = 0;
  for (const item of named) {
    const at = place(beforeAt, item);
    const stop = others.findIndex((other, i) => i >= next && !isBefore(place(beforeAt, other), at));
    const end = stop < 0 ? others.length : stop;
    merged.push(...others.slice(next, end), item);
    next = end;
  }
  return [...merged, ...others.slice(next)];
}

/** Both were in the list before, in this order. */
const isBefore = (a: number, b: number): boolean => a >= 0 && b >= 0 && a < b;

function positions(list: readonly Json[], mergeKey: string | undefined): Map<unknown, number> {
  const found = new Map<unknown, number>();
  list.forEach((item, i) => {
    const id = identity(item, mergeKey);
    if (!found.has(id)) found.set(id, i);
  });
  return found;
}

function identity(item: Json | undefined, mergeKey: string | undefined): unknown {
  return mergeKey !== undefined && isJsonObject(item) ? (item as JsonObject)[mergeKey] : item;
}
