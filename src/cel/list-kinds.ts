/**
 * Lists that are no sequences: sets, and lists whose items have keys. Their order does not matter to `==`, and `+` keeps
 * each item once: those of the right side win, in the places of the left.
 * https://kubernetes.io/docs/reference/using-api/cel/#list-type-merge-strategy
 */
import type { Value } from './value.ts';

type List = readonly Value[];

/** Equal texts: the same item. */
type ItemKey = (item: Value) => string | undefined;

const kinds = new WeakMap<List, ItemKey>();

/** Says of a list what tells its items apart. */
export function keyedList(list: List, key: ItemKey): List {
  kinds.set(list, key);
  return list;
}

/** The items of the second list in the order of the first; undefined: the lists are plain ones, or differ in their keys. */
export function reordered(a: List, b: List): List | undefined {
  const key = kinds.get(a) ?? kinds.get(b);
  if (key === undefined) return undefined;
  const byKey = new Map(b.map((item) => [key(item), item]));
  const found = a.map((item) => byKey.get(key(item)));
  return found.includes(undefined) ? undefined : (found as List);
}

export function concatenated(a: List, b: List): List {
  const key = kinds.get(a);
  if (key === undefined) return [...a, ...b];
  const byKey = new Map(a.map((item) => [key(item), item]));
  for (const item of b) byKey.set(key(item), item);
  return keyedList([...byKey.values()], key);
}
