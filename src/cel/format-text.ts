/** `'%d of %s'.format([1, 'a'])`. https://github.com/google/cel-go/tree/master/ext#format */
import { showDuration, showTimestamp } from './time.ts';
import { typeName } from './type.ts';
import { typeOfValue } from './type-of-value.ts';
import { boxed, fail, isBytes, isList, isMap, isUint, type MapValue, type Value } from './value.ts';
import { formatDouble } from './libraries/conversions.ts';
import { countSteps } from './walk-limit.ts';

const defaultPrecision = 6;
const maxPrecision = 1000;

export function formatText(format: string, args: readonly Value[]): string {
  let next = 0;
  const text = format.replaceAll(
    /%(?:%|(?:\.(\d*))?(.?))/gsu,
    (whole, precision: string | undefined, clause: string) => {
      if (whole === '%%') return '%';
      if (clause === '' || clause === undefined) return fail('unexpected end of string');
      const digits = precision === undefined ? defaultPrecision : Number(precision);
      if (digits > maxPrecision) return fail(`precision ${digits} exceeds maximum allowed precision ${maxPrecision}`);
      const write = Object.hasOwn(clauses, clause) ? clauses[clause] : undefined;
      if (write === undefined) {
        return fail(`could not parse formatting clause: unrecognized formatting clause "${clause}"`);
      }
      const arg = args[next];
      if (arg === undefined) return fail(`index ${next} out of range`);
      next++;
      const written = write(arg, digits);
      countSteps(written.length);
      return written;
    },
  );
  return text;
}

type Write = (value: Value, precision: number) => string;

const refuse = (what: string, value: Value): never =>
  fail(`error during formatting: ${what}, was given ${typeName(typeOfValue(value))}`);

function wholeNumber(value: Value): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return value !== null && typeof value === 'object' && isUint(value) ? value.value : undefined;
}

const decimal: Write = (value) =>
  String(wholeNumber(value) ?? refuse('decimal clause can only be used on integers', value));

const octal: Write = (value) =>
  (wholeNumber(value) ?? refuse('octal clause can only be used on integers', value)).toString(8);

const binary: Write = (value) => {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return (wholeNumber(value) ?? refuse('only integers and bools can be formatted as binary', value)).toString(2);
};

const hexadecimal: Write = (value) => {
  if (typeof value === 'string') return Buffer.from(value).toString('hex');
  if (isBytes(value)) return Buffer.from(value).toString('hex');
  return (
    wholeNumber(value) ?? refuse('only integers, byte buffers, and strings can be formatted as hex', value)
  ).toString(16);
};

/** A double, or one of the three texts that stand for what has no digits. */
function floating(value: Value, what: string): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  return refuse(`${what} clause can only be used on doubles`, value);
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return undefined;
  return value > 0 ? '∞' : '-∞';
}

const fixed: Write = (value, precision) => {
  const number = floating(value, 'fixed-point');
  return special(number) ?? toFixed(number, Math.min(precision, 75));
};

/** Halves are rounded to even, as in Go. */
function toFixed(number: number, precision: number): string {
  if (Math.abs(number) >= 1e21)
    return precision === 0 ? `${BigInt(number)}` : `${BigInt(number)}.${'0'.repeat(precision)}`;
  const rounded = number.toFixed(precision);
  const exact = number.toFixed(precision + 25);
  const isHalf = exact.slice(-25) === '5'.padEnd(25, '0');
  const truncated = exact.slice(0, precision === 0 ? -26 : -25);
  return isHalf && '02468'.includes(truncated.at(-1) ?? '') ? truncated : rounded;
}

const scientific: Write = (value, precision) => {
  const number = floating(value, 'scientific');
  const [digits = '', exponent = '+0'] = number.toExponential(Math.min(precision, 100)).split('e');
  const power = exponent.slice(1).padStart(2, '0');
  return special(number) ?? `${digits}e${exponent[0]}${power}`;
};

const plain: Write = (value) => {
  if (value === null) return 'null';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatDouble(value);
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return listText(value);
  if (isBytes(value)) return Buffer.from(value).toString();
  if (isUint(value)) return String(value.value);
  if (isMap(value)) return mapText(value);
  const box = boxed(value);
  if (box?.kind === 'timestamp') return showTimestamp(box);
  if (box?.kind === 'duration') return showDuration(box);
  if (box?.kind === 'type') return typeName(box.type);
  return refuse(
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
    value,
  );
};

const clauses: Readonly<Record<string, Write>> = {
  s: plain,
  d: decimal,
  f: fixed,
  e: scientific,
  b: binary,
  x: hexadecimal,
  X: (value, precision) => hexadecimal(value, precision).toUpperCase(),
  o: octal,
};

const listText = (list: readonly Value[]): string => `[${list.map(literalText).join(', ')}]`;

function mapText(map: MapValue): string {
  const pairs = map.keys().map((key) => {
    const value = map.get(key);
    return [literalText(key), value === undefined ? '' : literalText(value)] as const;
  });
  const sorted = pairs.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, value]) => `${key}:${value}`).join(', ')}}`;
}

/** Inside of lists and maps. */
function literalText(value: Value): string {
  countSteps(1);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number')
    return special(value) === undefined ? value.toFixed(defaultPrecision) : `"${special(value)}"`;
  if (isBytes(value)) return `b${JSON.stringify(Buffer.from(value).toString())}`;
  const box = boxed(value);
  if (box?.kind === 'timestamp') return `timestamp("${showTimestamp(box)}")`;
  if (box?.kind === 'duration') return `duration("${showDuration(box)}")`;
  return plain(value, defaultPrecision);
}
