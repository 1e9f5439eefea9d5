const none: readonly never[] = Object.freeze([]);

/**
 * The items of all lists, one after the other. Checks of an object are many and seldom find anything: then nothing is
 * allocated, and one list alone is answered as it is. Never change the answer.
 */
export function joined<T>(...lists: readonly (readonly T[])[]): readonly T[] {
  let only: readonly T[] = none;
  let all: T[] | undefined;
  for (const list of lists) {
    if (list.length === 0) continue;
    if (all !== undefined) all.push(...list);
    else if (only.length > 0) all = [...only, ...list];
    else only = list;
  }
  return all ?? only;
}
