/**
 * Lists that are no sequences: sets, and lists whose items have keys. Their order does not matter to `==`, and `+` keeps
 * each item once: those of the right side win, in the places of the left.
 * https://kubernetes.io/docs/reference/using-api/cel/#list-type-merge-strategy
 */
import { countSteps } from './walk-limit.ts';

/** Equal texts: the same item. */
type ItemKey<T> = (item: T) => string | undefined;

const kinds = new WeakMap<object, ItemKey<unknown>>();

function keyOfItems<T>(list: readonly T[]): ItemKey<T> | undefined {
  return kinds.get(list) as ItemKey<T> | undefined;
}

/** Says of a list what tells its items apart. */
export function keyedList<T>(list: readonly T[], key: ItemKey<T>): readonly T[] {
  kinds.set(list, key as ItemKey<unknown>);
  return list;
}

/** The items of the second list in the order of the first; undefined: the lists are plain ones, or differ in their keys. */
export function reordered<T>(a: readonly T[], b: readonly T[]): readonly T[] | undefined {
  const key = keyOfItems(a) ?? keyOfItems(b);
  if (key === undefined) return undefined;
  const byKey = new Map(b.map((item) => [key(item), item]));
  const found = a.map((item) => byKey.get(key(item)));
  return found.includes(undefined) ? undefined : (found as readonly T[]);
}

export function concatenated<T>(a: readonly T[], b: readonly T[]): readonly T[] {
  countSteps(a.length + b.length);
  const key = keyOfItems(a);
  if (key === undefined) return [...a, ...b];
  const byKey = new Map(a.map((item) => [key(item), item]));
  for (const item of b) byKey.set(key(item), item);
  return keyedList([...byKey.values()], key);
}
