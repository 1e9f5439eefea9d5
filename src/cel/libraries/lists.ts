/** Lists as sums, as ranges and as sets. https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-list-library */
import { global, method, type Overload } from '../function.ts';
import {
  addEntries,
  boxed,
  durationValue,
  fail,
  isUint,
  equalValues,
  uint,
  type MapValue,
  type Value,
} from '../value.ts';
import { checkedDuration, checkedInt, checkedUint, compare } from './operators.ts';

type List = readonly Value[];

const comparable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const sums: readonly (readonly [type: string, zero: Value])[] = [
  ['int', 0n],
  ['uint', uint(0n)],
  ['double', 0],
  ['duration', durationValue(0n)],
];

function add(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return checkedInt(a + b);
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  const [x, y] = [boxed(a), boxed(b)];
  if (x?.kind === 'duration' && y?.kind === 'duration') return checkedDuration(x.nanos + y.nanos);
  return x !== undefined && isUint(x) && y !== undefined && isUint(y)
    ? checkedUint(x.value + y.value)
    : fail('no such overload');
}

function extreme(name: string, sign: 1 | -1): (list: List) => Value {
  return (list) => {
    const [first, ...others] = list;
    if (first === undefined) return fail(`${name} called on empty list`);
    return others.reduce((best, item) => (compare(best, item) === sign ? item : best), first);
  };
}

const isSorted = (list: List): boolean => list.every((item, i) => i === 0 || compare(list[i - 1] as Value, item) <= 0);
const includesAll = (list: List, items: List): boolean =>
  items.every((item) => list.some((each) => equalValues(each, item)));

export const lists: readonly Overload[] = [
  ...comparable.flatMap((type) => [
    method(`list_${type}_is_sorted_bool`, 'isSorted', `list(${type})`, 'bool', isSorted),
    method(`list_${type}_max_${type}`, 'max', `list(${type})`, type, extreme('max', -1)),
    method(`list_${type}_min_${type}`, 'min', `list(${type})`, type, extreme('min', 1)),
  ]),
  ...sums.map(([type, zero]) =>
    method(`list_${type}_sum_${type}`, 'sum', `list(${type})`, type, (list: List) => list.reduce(add, zero)),
  ),
  method('list_a_index_of_int', 'indexOf', 'list(A), A', 'int', (list: List, item: Value) =>
    BigInt(list.findIndex((each) => equalValues(each, item))),
  ),
  method('list_a_last_index_of_int', 'lastIndexOf', 'list(A), A', 'int', (list: List, item: Value) =>
    BigInt(list.findLastIndex((each) => equalValues(each, item))),
  ),
  global('list_sets_contains_list', 'sets.contains', 'list(A), list(A)', 'bool', includesAll),
  global(
    'list_sets_equivalent_list',
    'sets.equivalent',
    'list(A), list(A)',
    'bool',
    (a: List, b: List) => includesAll(a, b) && includesAll(b, a),
  ),
  global('list_sets_intersects_list', 'sets.intersects', 'list(A), list(A)', 'bool', (a: List, b: List) =>
    a.some((item) => b.some((each) => equalValues(each, item))),
  ),
];

const repeatedKey = (key: string): string => `insert failed: key ${key} already exists`;

function insert(map: MapValue, entries: readonly (readonly [Value, Value])[]): MapValue {
  // The map is what a loop builds up: nobody else has it.
  addEntries(map, entries, repeatedKey);
  return map;
}

/** What transformMap and transformMapEntry become. */
export const mapInsertions: readonly Overload[] = [
  global(
    '@mapInsert_map_key_value',
    'cel.@mapInsert',
    'map(K, V), K, V',
    'map(K, V)',
    (map: MapValue, key: Value, value: Value) => insert(map, [[key, value]]),
  ),
  global(
    '@mapInsert_map_map',
    'cel.@mapInsert',
    'map(K, V), map(K, V)',
    'map(K, V)',
    (map: MapValue, added: MapValue) =>
      insert(
        map,
        added.keys().map((key): [Value, Value] => [key, added.get(key) as Value]),
      ),
  ),
];
