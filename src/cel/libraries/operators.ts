/** Arithmetic, comparison, membership, size. Whole numbers have 64 bits, and what does not fit is an error. */
import { global, method, type Overload, type Run } from '../function.ts';
import { concatenated } from '../list-kinds.ts';
import { maxInt, maxUint, minInt } from '../literal.ts';
import {
  boxed,
  durationValue,
  fail,
  isBytes,
  isList,
  isMap,
  isUint,
  noSuchOverload,
  numeric,
  equalValues,
  timestampValue,
  uint,
  type DurationValue,
  type MapValue,
  type TimestampValue,
  type UintValue,
  type Value,
} from '../value.ts';

const minTimestamp = -62_135_596_800_000_000_000n;
const maxTimestamp = 253_402_300_799_999_999_999n;

export function checkedInt(value: bigint): bigint {
  return value < minInt || value > maxInt ? fail('integer overflow') : value;
}

export function checkedUint(value: bigint): UintValue {
  return value < 0n || value > maxUint ? fail('unsigned integer overflow') : uint(value);
}

export function checkedDuration(nanos: bigint): DurationValue {
  return nanos < minInt || nanos > maxInt ? fail('duration overflow') : durationValue(nanos);
}

export function checkedTimestamp(nanos: bigint): TimestampValue {
  return nanos < minTimestamp || nanos > maxTimestamp ? fail('timestamp overflow') : timestampValue(nanos);
}

type Nanos = DurationValue | TimestampValue;

/** Three variants of an arithmetic operator. */
function arithmetic(
  word: string,
  name: string,
  whole: (a: bigint, b: bigint) => bigint,
  double: ((a: number, b: number) => number) | undefined,
): readonly Overload[] {
  return [
    ...(double === undefined ? [] : [global(`${word}_double`, name, 'double, double', 'double', double)]),
    global(`${word}_int64`, name, 'int, int', 'int', (a: bigint, b: bigint) => checkedInt(whole(a, b))),
    global(`${word}_uint64`, name, 'uint, uint', 'uint', (a: UintValue, b: UintValue) =>
      checkedUint(whole(a.value, b.value)),
    ),
  ];
}

const divide = (a: bigint, b: bigint): bigint => (b === 0n ? fail('division by zero') : a / b);
const modulo = (a: bigint, b: bigint): bigint => (b === 0n ? fail('modulus by zero') : a % b);

const addNanos = (a: Nanos, b: Nanos): Value =>
  a.kind === 'duration' && b.kind === 'duration'
    ? checkedDuration(a.nanos + b.nanos)
    : checkedTimestamp(a.nanos + b.nanos);

const additions: readonly Overload[] = [
  global(
    'add_bytes',
    '_+_',
    'bytes, bytes',
    'bytes',
    (a: Uint8Array, b: Uint8Array) => new Uint8Array(Buffer.concat([a, b])),
  ),
  ...arithmetic(
    'add',
    '_+_',
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  global('add_duration_duration', '_+_', 'duration, duration', 'duration', addNanos),
  global('add_duration_timestamp', '_+_', 'duration, timestamp', 'timestamp', addNanos),
  global('add_timestamp_duration', '_+_', 'timestamp, duration', 'timestamp', addNanos),
  global('add_list', '_+_', 'list(A), list(A)', 'list(A)', (a: readonly Value[], b: readonly Value[]) =>
    concatenated(a, b),
  ),
  global('add_string', '_+_', 'string, string', 'string', (a: string, b: string) => a + b),
];

const subtractions: readonly Overload[] = [
  ...arithmetic(
    'subtract',
    '_-_',
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  global('subtract_duration_duration', '_-_', 'duration, duration', 'duration', (a: Nanos, b: Nanos) =>
    checkedDuration(a.nanos - b.nanos),
  ),
  global('subtract_timestamp_duration', '_-_', 'timestamp, duration', 'timestamp', (a: Nanos, b: Nanos) =>
    checkedTimestamp(a.nanos - b.nanos),
  ),
  global('subtract_timestamp_timestamp', '_-_', 'timestamp, timestamp', 'duration', (a: Nanos, b: Nanos) =>
    checkedDuration(a.nanos - b.nanos),
  ),
];

/** -1, 0 or 1. */
export function compare(a: Value, b: Value): number {
  const [x, y] = [numeric(a), numeric(b)];
  if (x !== undefined && y !== undefined) {
    if (Number.isNaN(x) || Number.isNaN(y)) fail('NaN values cannot be ordered');
    return typeof x === typeof y ? order(x, y) : order(Number(x), Number(y));
  }
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return order(Number(a), Number(b));
  if (isBytes(a) && isBytes(b)) return Buffer.compare(a, b);
  const [first, second] = [boxed(a), boxed(b)];
  if (first?.kind === 'duration' && second?.kind === 'duration') return order(first.nanos, second.nanos);
  if (first?.kind === 'timestamp' && second?.kind === 'timestamp') return order(first.nanos, second.nanos);
  return noSuchOverload();
}

function order(a: bigint | number, b: bigint | number): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

/** By code points, as UTF-8 sorts. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  // Where no surrogates are, units of UTF-16 sort the same way.
  if (!/[\uD800-\uDFFF]/.test(a) && !/[\uD800-\uDFFF]/.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Pairs of types that have an order, by the name that cel-go gives them. */
const ordered: readonly (readonly [id: string, a: string, b: string])[] = [
  ['bool', 'bool', 'bool'],
  ['int64', 'int', 'int'],
  ['int64_double', 'int', 'double'],
  ['int64_uint64', 'int', 'uint'],
  ['uint64', 'uint', 'uint'],
  ['uint64_double', 'uint', 'double'],
  ['uint64_int64', 'uint', 'int'],
  ['double', 'double', 'double'],
  ['double_int64', 'double', 'int'],
  ['double_uint64', 'double', 'uint'],
  ['string', 'string', 'string'],
  ['bytes', 'bytes', 'bytes'],
  ['timestamp', 'timestamp', 'timestamp'],
  ['duration', 'duration', 'duration'],
];

function comparison(word: string, name: string, holds: (order: number) => boolean): readonly Overload[] {
  const run: Run = (a: Value, b: Value) => holds(compare(a, b));
  return ordered.map(([id, a, b]) => global(`${word}_${id}`, name, `${a}, ${b}`, 'bool', run));
}

const comparisons: readonly Overload[] = [
  ...comparison('less', '_<_', (order) => order < 0),
  ...comparison('less_equals', '_<=_', (order) => order <= 0),
  ...comparison('greater', '_>_', (order) => order > 0),
  ...comparison('greater_equals', '_>=_', (order) => order >= 0),
  global('equals', '_==_', 'A, A', 'bool', equalValues),
  global('not_equals', '_!=_', 'A, A', 'bool', (a: Value, b: Value) => !equalValues(a, b)),
];

/** How the engine runs these is not told by a function: operands are evaluated only when needed. */
const unused: Run = () => noSuchOverload();

const logic: readonly Overload[] = [
  global('conditional', '_?_:_', 'bool, A, A', 'A', unused),
  global('logical_and', '_&&_', 'bool, bool', 'bool', unused),
  global('logical_or', '_||_', 'bool, bool', 'bool', unused),
  global('not_strictly_false', '@not_strictly_false', 'bool', 'bool', unused),
  global('logical_not', '!_', 'bool', 'bool', (value: boolean) => !value),
  global('negate_double', '-_', 'double', 'double', (value: number) => -value),
  global('negate_int64', '-_', 'int', 'int', (value: bigint) => checkedInt(-value)),
];

/** How many code points a text has. */
export function textSize(text: string): number {
  let size = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00) size--;
  }
  return size;
}

export function valueSize(value: Value): number | undefined {
  if (typeof value === 'string') return textSize(value);
  if (value === null || typeof value !== 'object') return undefined;
  if (isList(value) || isBytes(value)) return value.length;
  return isMap(value) ? value.size : undefined;
}

const size: Run = (value: Value) => BigInt(valueSize(value) ?? noSuchOverload());
const sizes = (['bytes', 'list', 'map', 'string'] as const).flatMap((id) => {
  const type = { bytes: 'bytes', list: 'list(A)', map: 'map(A, B)', string: 'string' }[id];
  return [global(`size_${id}`, 'size', type, 'int', size), method(`${id}_size`, 'size', type, 'int', size)];
});

/** What stands at an index or under a key; undefined: nothing. */
export function itemAt(container: Value, index: Value): Value | undefined {
  if (isMap(container)) return container.get(index);
  if (!isList(container)) return noSuchOverload();
  const at = numeric(index);
  if (at === undefined || (typeof at === 'number' && !Number.isInteger(at))) {
    return fail(`unsupported index value ${String(at)} in list`);
  }
  return container[Number(at)];
}

/** How errors show a key or an index. */
function showKey(key: Value): string {
  return typeof key === 'object' && key !== null && isUint(key) ? String(key.value) : String(key);
}

export function indexed(container: Value, index: Value): Value {
  const found = itemAt(container, index);
  if (found !== undefined) return found;
  return isList(container) ? fail(`index out of bounds: ${showKey(index)}`) : fail(`no such key: ${showKey(index)}`);
}

const containers: readonly Overload[] = [
  global('index_list', '_[_]', 'list(A), int', 'A', indexed),
  global('index_map', '_[_]', 'map(A, B), A', 'B', indexed),
  global('in_list', '@in', 'A, list(A)', 'bool', (item: Value, list: readonly Value[]) =>
    list.some((each) => equalValues(each, item)),
  ),
  global('in_map', '@in', 'A, map(A, B)', 'bool', (key: Value, map: MapValue) => map.get(key) !== undefined),
];

export const operators: readonly Overload[] = [
  ...logic,
  ...comparisons,
  ...additions,
  ...subtractions,
  ...arithmetic(
    'multiply',
    '_*_',
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  ...arithmetic('divide', '_/_', divide, (a, b) => a / b),
  ...arithmetic('modulo', '_%_', modulo, undefined),
  ...containers,
  ...sizes,
];
