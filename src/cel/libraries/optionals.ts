/** Values that may be missing. `or` and `orValue` are run by the engine: what stands in is evaluated only when needed. */
import { global, method, type Overload, type Run } from '../function.ts';
import {
  boxed,
  fail,
  isList,
  noSuchOverload,
  optionalNone,
  optionalOf,
  type OptionalValue,
  type Value,
} from '../value.ts';
import { itemAt, valueSize } from './operators.ts';

function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0n || value === 0) return true;
  const size = valueSize(value);
  if (size !== undefined) return size === 0;
  const box = boxed(value);
  if (box?.kind === 'uint') return box.value === 0n;
  if (box?.kind === 'duration') return box.nanos === 0n;
  return box?.kind === 'optional' && box.value === undefined;
}

/** What stands under a key or at an index of a value, or of an optional value; none: nothing. */
export function optionalItem(container: Value, index: Value): OptionalValue {
  const box = boxed(container);
  if (box?.kind === 'optional') return box.value === undefined ? optionalNone : optionalItem(box.value, index);
  const found = isList(container) || box?.kind === 'map' ? itemAt(container, index) : noSuchOverload();
  return found === undefined ? optionalNone : optionalOf(found);
}

const unused: Run = () => noSuchOverload();

export const optionals: readonly Overload[] = [
  global('optional_of', 'optional.of', 'V', 'optional(V)', optionalOf),
  global('optional_ofNonZeroValue', 'optional.ofNonZeroValue', 'V', 'optional(V)', (value: Value) =>
    isZero(value) ? optionalNone : optionalOf(value),
  ),
  global('optional_none', 'optional.none', '', 'optional(V)', () => optionalNone),
  method('optional_value', 'value', 'optional(V)', 'V', ({ value }: OptionalValue) =>
    value === undefined ? fail('optional.none() dereference') : value,
  ),
  method('optional_hasValue', 'hasValue', 'optional(V)', 'bool', ({ value }: OptionalValue) => value !== undefined),
  method('optional_or_optional', 'or', 'optional(V), optional(V)', 'optional(V)', unused),
  method('optional_orValue_value', 'orValue', 'optional(V), V', 'V', unused),
  global('list_optindex_optional_int', '_[?_]', 'list(V), int', 'optional(V)', optionalItem),
  global('optional_list_optindex_optional_int', '_[?_]', 'optional(list(V)), int', 'optional(V)', optionalItem),
  global('map_optindex_optional_value', '_[?_]', 'map(K, V), K', 'optional(V)', optionalItem),
  global('optional_map_optindex_optional_value', '_[?_]', 'optional(map(K, V)), K', 'optional(V)', optionalItem),
  global('optional_list_index_int', '_[_]', 'optional(list(V)), int', 'optional(V)', optionalItem),
  global('optional_map_index_value', '_[_]', 'optional(map(K, V)), K', 'optional(V)', optionalItem),
];
