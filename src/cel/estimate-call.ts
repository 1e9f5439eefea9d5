/** What calls may cost, and how large their results may be. The costs when they are run: call-cost.ts. */
import { authorizationCheckCost, perCharacter, perPatternCharacter } from './call-cost.ts';
import type { Expression } from './expression.ts';
import { add, exactly, times, unlimited, type Range } from './range.ts';
import { typeName, type Type } from './type.ts';

/** A part of an expression as the costs of calls see it. */
export interface Part {
  readonly type: Type;
  readonly expression: Expression | undefined;
  /** Empty: not read from a variable. */
  readonly path: readonly string[];
  readonly size: Range | undefined;
}

export interface CallEstimate {
  readonly cost: Range;
  /** Of a text, list or map that the call makes. */
  readonly size?: Range | undefined;
}

/** The size that is declared of what stands at a path. */
type SizeAt = (path: readonly string[]) => Range | undefined;

interface CallParts {
  readonly name: string;
  readonly id: string;
  readonly target: Part | undefined;
  readonly args: readonly Part[];
  readonly sizeAt: SizeAt;
}

const one = exactly(1);

export function estimateCall(
  name: string,
  id: string,
  target: Part | undefined,
  args: readonly Part[],
  sizeAt: SizeAt,
): CallEstimate {
  const call: CallParts = { name, id, target, args, sizeAt };
  const estimate = Object.hasOwn(byName, name)
    ? byName[name]
    : Object.hasOwn(byOverload, id)
      ? byOverload[id]
      : undefined;
  return estimate?.(call) ?? { cost: one };
}

type Estimate = (call: CallParts) => CallEstimate | undefined;

const sizeOf = (part: Part | undefined): Range => part?.size ?? unlimited;
const text = (size: Range): Range => times(size, perCharacter);

/** Walks through the text that it is called on, or given. */
const ofTarget: Estimate = ({ target }) => target && { cost: text(sizeOf(target)), size: sizeOf(target) };
const ofArgument: Estimate = ({ args: [arg] }) => arg && { cost: text(sizeOf(arg)), size: sizeOf(arg) };

/** As Kubernetes has it, global functions of these names count as one step only. */
const ofArgumentOfMethod: Estimate = ({ target, args: [arg] }) =>
  target === undefined || arg === undefined ? undefined : { cost: text(sizeOf(arg)) };

const pattern: Estimate = ({ target, args: [arg] }) => {
  if (target === undefined || arg === undefined) return undefined;
  const size = sizeOf(target);
  const cost = times(text(add(size, one)), times(sizeOf(arg), perPatternCharacter));
  return { cost, size: { min: 0, max: size.max } };
};

const ofList: Estimate = ({ target, sizeAt }) => {
  if (target === undefined) return undefined;
  const item = target.type.parameters[0];
  if (item === undefined) return { cost: text(sizeOf(target)) };
  const isText = item.kind === 'string' || item.kind === 'bytes';
  const path = target.path.length === 0 ? [] : [...target.path, '@items'];
  const each = isText ? add(one, text(sizeAt(path) ?? unlimited)) : one;
  return { cost: times(sizeOf(target), each) };
};

const replace: Estimate = ({ target, args: [from, to] }) => {
  if (target === undefined || from === undefined || to === undefined) return undefined;
  const [size, old, fresh] = [sizeOf(target), sizeOf(from), sizeOf(to)];
  const most = replaced(size.max, old.min, fresh.max <= old.min);
  const least = replaced(size.min, old.max, old.max <= fresh.min);
  const count = { min: least.count, max: most.count };
  const kept = { min: least.kept, max: most.kept };
  return { cost: times(size, 2 * perCharacter), size: add(times(count, fresh), kept) };
};

/** How often a text of this size may be replaced in one of that, and what stays. */
function replaced(size: number, old: number, stays: boolean): { count: number; kept: number } {
  if (old === 0) return { count: size + 1, kept: size };
  return stays ? { count: 0, kept: size } : { count: Math.ceil(size / old), kept: 0 };
}

const split: Estimate = ({ target, args: [, limit] }) => {
  if (target === undefined) return undefined;
  const size = sizeOf(target);
  const given = limit?.expression?.kind === 'literal' ? limit.expression.value : undefined;
  const max = typeof given === 'bigint' ? Number(BigInt.asUintN(64, given)) : size.max;
  return { cost: times(size, 2 * perCharacter), size: { min: 0, max } };
};

const join: Estimate = ({ target, args: [separator], sizeAt }) => {
  if (target === undefined) return undefined;
  const list = sizeOf(target);
  const path = target.path.length === 0 ? [] : [...target.path, '@items'];
  const items = times(list, sizeAt(path) ?? unlimited);
  const between = { min: Math.max(list.min - 1, 0), max: Math.max(list.max - 1, 0) };
  const size = separator === undefined ? items : add(items, times(sizeOf(separator), between));
  return { cost: text(size), size };
};

/** Networks are compared by their 4 to 16 bytes. */
const bytes: Range = { min: 4, max: 16 };

const network: Estimate = ({ id, args: [other] }) => {
  const compared = text(add(bytes, bytes));
  const masked = id.startsWith('cidr_contains_cidr') ? [text(bytes), one] : [];
  const parsed = id.endsWith('_string') ? [text(sizeOf(other))] : [];
  return { cost: add(compared, ...masked, ...parsed) };
};

const selector: Estimate = ({ args: [arg] }) => {
  const size = sizeOf(arg);
  return { cost: add(exactly(10), text(size), times(times(size, 0.5), 50)) };
};

const maxFormatPattern = 128;

const constant =
  (cost: number): Estimate =>
  () => ({ cost: exactly(cost) });

const byName: Readonly<Record<string, Estimate>> = {
  check: constant(authorizationCheckCost),
  fieldSelector: selector,
  labelSelector: selector,
  isSorted: ofList,
  sum: ofList,
  max: ofList,
  min: ofList,
  indexOf: ofList,
  lastIndexOf: ofList,
  url: ofArgument,
  'jsonpatch.escapeKey': ofArgument,
  lowerAscii: ofTarget,
  upperAscii: ofTarget,
  substring: ofTarget,
  trim: ofTarget,
  replace,
  split,
  join,
  find: pattern,
  findAll: pattern,
  cidr: ofArgumentOfMethod,
  isIP: ofArgumentOfMethod,
  isCIDR: ofArgumentOfMethod,
  quantity: ofArgumentOfMethod,
  isQuantity: ofArgumentOfMethod,
  semver: ofArgumentOfMethod,
  isSemver: ofArgumentOfMethod,
  containsIP: network,
  containsCIDR: network,
  validate: ({ args: [arg] }) => ({
    cost: times(text(sizeOf(arg)), maxFormatPattern * perPatternCharacter),
  }),
};

const firstArgument =
  (resize?: (size: Range) => Range): Estimate =>
  ({ args: [arg] }) => {
    const size = sizeOf(arg);
    return { cost: text(size), ...(resize === undefined ? {} : { size: resize(size) }) };
  };

const constantTypes: ReadonlySet<string> = new Set(
  ['net.IP', 'net.CIDR', 'kubernetes.Quantity', 'kubernetes.Semver'].concat(
    ['Authorizer', 'PathCheck', 'GroupCheck', 'ResourceCheck', 'Decision'].map(
      (name) => `kubernetes.authorization.${name}`,
    ),
  ),
);

const isConstant = (type: Type | undefined): boolean => type !== undefined && constantTypes.has(typeName(type));

const smaller: Estimate = ({ name, args: [a, b] }) => {
  if (name === '_==_' && isConstant(a?.type) && isConstant(b?.type)) return { cost: one };
  const max = Math.min(sizeOf(a).max, sizeOf(b).max);
  return { cost: text({ min: max > 0 ? 1 : 0, max }) };
};

const sets =
  (factor: number): Estimate =>
  ({ args: [a, b] }) => ({ cost: add(times(times(sizeOf(a), sizeOf(b)), factor), one) });

const byOverload: Readonly<Record<string, Estimate>> = {
  string_format: ({ target }) => target && { cost: text(sizeOf(target)) },
  string_to_bytes: firstArgument(({ min, max }) => ({ min, max: max * 4 })),
  bytes_to_string: firstArgument(({ min, max }) => ({ min: Math.floor(min / 4), max })),
  strings_quote: firstArgument(({ min, max }) => ({ min: min + 2, max: max * 2 + 2 })),
  starts_with_string: firstArgument(),
  ends_with_string: firstArgument(),
  in_list: ({ args: [, list] }) => ({ cost: times(sizeOf(list), 1) }),
  matches_string: (call) => {
    const found = pattern(call);
    return found && { cost: found.cost };
  },
  contains_string: ({ target, args: [part] }) => ({ cost: times(text(sizeOf(target)), text(sizeOf(part))) }),
  equals: smaller,
  not_equals: smaller,
  ...Object.fromEntries(
    ['less', 'less_equals', 'greater', 'greater_equals'].flatMap((word) => [
      [`${word}_string`, smaller],
      [`${word}_bytes`, smaller],
    ]),
  ),
  list_sets_contains_list: sets(1),
  list_sets_intersects_list: sets(1),
  list_sets_equivalent_list: sets(2),
};
