/**
 * Sets of fields of an object: who owns what, what an update changed.
 *
 * A set is a trie. Its edges are path elements in the text that managedFields use:
 *   f:NAME      a field of an object or an entry of a map
 *   k:{…}       an item of a map list, by its keys
 *   v:VALUE     an item of a set list, by its value
 * A node may be a member itself, or only lead to members. Sets are never changed once they are built.
 */

export interface FieldSet {
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

const noChildren: ReadonlyMap<string, FieldSet> = new Map();

export const emptySet: FieldSet = { member: false, children: noChildren };
const leaf: FieldSet = { member: true, children: noChildren };

export const isEmpty = (set: FieldSet): boolean => !set.member && set.children.size === 0;

function node(member: boolean, children: ReadonlyMap<string, FieldSet>): FieldSet {
  if (children.size > 0) return { member, children };
  return member ? leaf : emptySet;
}

/** A set under construction. */
export interface SetBuilder {
  member: boolean;
  readonly children: Map<string, SetBuilder>;
}

export const setBuilder = (): SetBuilder => ({ member: false, children: new Map() });

/** Makes the path a member. */
export function insertPath(builder: SetBuilder, path: readonly string[]): void {
  let at = builder;
  for (const element of path) {
    let next = at.children.get(element);
    if (next === undefined) {
      next = setBuilder();
      at.children.set(element, next);
    }
    at = next;
  }
  at.member = true;
}

/** The set of some paths, each a list of path elements. */
export function setOfPaths(paths: Iterable<readonly string[]>): FieldSet {
  const builder = setBuilder();
  for (const path of paths) insertPath(builder, path);
  return builder;
}

/** What is in one of them. What has nothing to add or to take away leaves the very set it was given, here and below. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmpty(b)) return a;
  if (isEmpty(a)) return b;
  let children: Map<string, FieldSet> | undefined;
  for (const [element, other] of b.children) {
    const own = a.children.get(element);
    const both = own === undefined ? other : union(own, other);
    if (both !== own) (children ??= new Map(a.children)).set(element, both);
  }
  return children === undefined && (a.member || !b.member) ? a : node(a.member || b.member, children ?? a.children);
}

/** What is in both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [element, child] of a.children) {
    const other = b.children.get(element);
    if (other === undefined) continue;
    const both = intersection(child, other);
    if (!isEmpty(both)) children.set(element, both);
  }
  return node(a.member && b.member, children);
}

/** What is in the first alone; members below a member of the second stay. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const children = childrenWithout(a, b, difference);
  return children === a.children && !(a.member && b.member) ? a : node(a.member && !b.member, children);
}

/** What is in the first and neither in the second nor below one of its members. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  if (b.member) return emptySet;
  const children = childrenWithout(a, b, recursiveDifference);
  return children === a.children ? a : node(a.member, children);
}

/** Stands for every element in the second set of `below`. */
export const anyElement = '*';

/** What is in the first and in the second or below one of its members. */
export function below(a: FieldSet, b: FieldSet): FieldSet {
  if (b.member) return a;
  const children = new Map<string, FieldSet>();
  for (const [element, own] of a.children) {
    const kept = below(own, b.children.get(element) ?? b.children.get(anyElement) ?? emptySet);
    if (!isEmpty(kept)) children.set(element, kept);
  }
  return node(false, children);
}

function childrenWithout(a: FieldSet, b: FieldSet, minus: typeof difference): ReadonlyMap<string, FieldSet> {
  let children: Map<string, FieldSet> | undefined;
  for (const [element, other] of b.children) {
    const own = a.children.get(element);
    if (own === undefined) continue;
    const rest = minus(own, other);
    if (rest === own) continue;
    children ??= new Map(a.children);
    if (isEmpty(rest)) children.delete(element);
    else children.set(element, rest);
  }
  return children ?? a.children;
}

/** All members: those of a level before those below it, each in the order of their text. */
export function pathsOf(set: FieldSet): readonly (readonly string[])[] {
  const paths: string[][] = [];
  const visit = (at: FieldSet, path: readonly string[]): void => {
    const elements = [...at.children.keys()].sort(compareElements);
    for (const element of elements) if (at.children.get(element)?.member === true) paths.push([...path, element]);
    for (const element of elements) visit(at.children.get(element) ?? emptySet, [...path, element]);
  };
  visit(set, []);
  return paths;
}

export const compareElements = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
