/**
 * What a call costs when it is run, in Kubernetes' units: one for most, more for those that walk through their arguments.
 * Texts count 0.1 a character, patterns 0.25. The estimate before running (estimate.ts) follows the same table.
 */
import type { Overload } from './function.ts';
import type { Format } from './libraries/formats.ts';
import { boxed, isBytes, isList, isMap, type ExtensionValue, type Value } from './value.ts';
import { countSteps } from './walk-limit.ts';

/** Undefined: the call costs 1. */
export type CallCost = (args: readonly Value[], result: Value) => number;

export const perCharacter = 0.1;
export const perPatternCharacter = 0.25;
export const authorizationCheckCost = 350_000;
const listCost = 10;
const objectCost = 40;

function size(value: Value | undefined): number {
  if (typeof value === 'string') return value.length;
  if (value === undefined || value === null || typeof value !== 'object') return 1;
  if (isList(value) || isBytes(value)) return value.length;
  const box = boxed(value);
  if (box?.kind === 'map') return box.size;
  return box?.kind === 'extension' ? (box.size ?? 1) : 1;
}

/** All that is in a value. */
function traversal(value: Value): number {
  countSteps(1);
  if (typeof value === 'string' || isBytes(value)) return Math.floor(size(value) * perCharacter);
  if (isList(value)) return value.reduce<number>((sum, item) => sum + traversal(item), 0);
  if (!isMap(value)) return 1;
  return value.keys().reduce<number>((sum, key) => sum + traversal(key) + traversal(value.get(key) ?? null), 0);
}

const textCost = (characters: number): number => Math.ceil(characters * perCharacter);
const patternCost = (text: number, pattern: number): number =>
  textCost(1 + text) * Math.ceil(pattern * perPatternCharacter);

const ofText: CallCost = ([text]) => textCost(size(text));
const ofTextTwice: CallCost = ([text]) => textCost(2 * size(text));
const ofAll: CallCost = ([value]) => (value === undefined ? 0 : traversal(value));
const ofPattern: CallCost = ([text, pattern]) => patternCost(size(text), size(pattern));
const one: CallCost = () => 1;
const smaller: CallCost = ([a, b]) =>
  a !== undefined && boxed(a)?.kind === 'extension' ? 1 : textCost(Math.min(size(a), size(b)));

function ofSelector([, selector]: readonly Value[]): number {
  const length = size(selector);
  return listCost + textCost(length) + Math.ceil(Math.ceil(length * 0.5) * (listCost + objectCost));
}

const network =
  (id: string): CallCost =>
  ([range, other]) => {
    const own = size(range);
    const ofOther = id.endsWith('_string') ? textCost(size(other)) : 0;
    const masking = id.startsWith('cidr_contains_cidr') ? textCost(own) + 1 : 0;
    return textCost(2 * own) + masking + ofOther;
  };

/** By the name of the function, whatever its overload. */
const byName: Readonly<Record<string, CallCost>> = {
  check: () => authorizationCheckCost,
  fieldSelector: ofSelector,
  labelSelector: ofSelector,
  isSorted: ofAll,
  sum: ofAll,
  max: ofAll,
  min: ofAll,
  indexOf: ofAll,
  lastIndexOf: ofAll,
  url: ofText,
  'jsonpatch.escapeKey': ofText,
  lowerAscii: ofText,
  upperAscii: ofText,
  substring: ofText,
  trim: ofText,
  replace: ofTextTwice,
  split: ofTextTwice,
  join: (_, result) => textCost(2 * size(result)),
  find: ofPattern,
  findAll: ofPattern,
  cidr: ofText,
  isIP: ofText,
  isCIDR: ofText,
  'ip.isCanonical': ofTextTwice,
  quantity: ofText,
  isQuantity: ofText,
  semver: ofText,
  isSemver: ofText,
  validate: ([format, text]) => {
    const { patternSize } = (format as ExtensionValue).data as Format;
    return patternCost(size(text), patternSize);
  },
};

const sets =
  (factor: number): CallCost =>
  ([a, b]) =>
    size(a) * size(b) * factor + 1;

const byOverload: Readonly<Record<string, CallCost>> = {
  starts_with_string: ofText,
  ends_with_string: ofText,
  string_to_bytes: ofText,
  bytes_to_string: ofText,
  strings_quote: ofText,
  string_format: ofText,
  in_list: ([, list]) => size(list),
  equals: smaller,
  not_equals: smaller,
  ...Object.fromEntries(
    ['less', 'less_equals', 'greater', 'greater_equals'].flatMap((word) => [
      [`${word}_string`, smaller],
      [`${word}_bytes`, smaller],
    ]),
  ),
  add_string: ([a, b]) => textCost(size(a) + size(b)),
  add_bytes: ([a, b]) => textCost(size(a) + size(b)),
  matches_string: ofPattern,
  contains_string: ([text, part]) => textCost(size(text)) * textCost(size(part)),
  string_to_ip: ofText,
  list_sets_contains_list: sets(1),
  list_sets_intersects_list: sets(1),
  list_sets_equivalent_list: sets(2),
};

const own = (table: Readonly<Record<string, CallCost>>, key: string): CallCost | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/** The cost of calls that the checker resolved to these overloads. */
export function callCost(overloads: readonly Overload[]): CallCost {
  const [{ name, id } = { name: '', id: '' }] = overloads;
  const named = own(byName, name);
  if (named !== undefined) return named;
  if (name === 'containsIP' || name === 'containsCIDR') return network(overloads.length === 1 ? id : '');
  // Only at run time is it known which of several is meant: cel-go counts 1 then.
  return overloads.length === 1 ? (own(byOverload, id) ?? one) : one;
}
