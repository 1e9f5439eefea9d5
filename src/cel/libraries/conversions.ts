/** Values turned into other types. */
import { global, type Overload, type Run } from '../function.ts';
import { maxInt, maxUint, minInt } from '../literal.ts';
import { showDuration, showTimestamp, readDuration, readTimestamp } from '../time.ts';
import { typeOfValue } from '../type-of-value.ts';
import { fail, uint, type DurationValue, type TimestampValue, type UintValue, type Value } from '../value.ts';
import { checkedDuration, checkedTimestamp } from './operators.ts';

const same: Run = (value: Value) => value;
const nanosPerSecond = 1_000_000_000n;

const unreadable = (from: string, to: string): never => fail(`type conversion error from '${from}' to '${to}'`);

function wholeOf(value: number, low: bigint, high: bigint, error: string): bigint {
  if (!Number.isFinite(value)) return fail(error);
  const whole = BigInt(Math.trunc(value));
  // The ends of the range have no exact double: cel-go refuses them.
  return whole <= low || whole >= high + (high === maxUint ? 1n : 0n) ? fail(error) : whole;
}

function intOfText(text: string, pattern: RegExp, low: bigint, high: bigint, to: string): bigint {
  if (!pattern.test(text)) return unreadable('string', to);
  const value = BigInt(text.replace(/^\+/, ''));
  return value < low || value > high ? unreadable('string', to) : value;
}

function negativeAware(text: string): bigint {
  const digits = text.replace(/^[+-]/, '');
  if (!/^\d+$/.test(digits)) return unreadable('string', 'int');
  const value = text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
  return value < minInt || value > maxInt ? unreadable('string', 'int') : value;
}

function doubleOf(text: string): number {
  const special = /^[+-]?(inf|infinity|nan)$/i.exec(text)?.[1]?.toLowerCase();
  if (special !== undefined) return special === 'nan' ? NaN : (text.startsWith('-') ? -1 : 1) * Infinity;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return unreadable('string', 'double');
  const value = Number(text);
  return Number.isFinite(value) ? value : unreadable('string', 'double');
}

/** As Go's %g: an exponent from 21 digits on, or below 0.0001. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 21) return plain(value);
  const sign = power < 0 ? '-' : '+';
  return `${digits}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Without an exponent. */
function plain(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  const [digits = '', exponent = '0'] = text.split('e');
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.');
  const power = Number(exponent);
  const sign = value < 0 ? '-' : '';
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${whole}${fraction}`;
  return `${sign}${whole}${fraction.padEnd(power, '0')}`;
}

const trueTexts = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const falseTexts = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

function boolOf(text: string): boolean {
  if (trueTexts.includes(text)) return true;
  return falseTexts.includes(text) ? false : unreadable('string', 'bool');
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    // The decoder says no more than this.
    return fail('invalid UTF-8 in bytes, cannot convert to string');
  }
}

const seconds = ({ nanos }: TimestampValue): bigint => {
  const whole = nanos / nanosPerSecond;
  return nanos < 0n && nanos % nanosPerSecond !== 0n ? whole - 1n : whole;
};

export const conversions: readonly Overload[] = [
  global('type', 'type', 'A', 'type(A)', (value: Value) => ({ kind: 'type', type: typeOfValue(value) })),
  global('to_dyn', 'dyn', 'A', 'dyn', same),
  global('bool_to_bool', 'bool', 'bool', 'bool', same),
  global('string_to_bool', 'bool', 'string', 'bool', boolOf),
  global('bytes_to_bytes', 'bytes', 'bytes', 'bytes', same),
  global('string_to_bytes', 'bytes', 'string', 'bytes', (text: string) => new Uint8Array(Buffer.from(text))),
  global('double_to_double', 'double', 'double', 'double', same),
  global('int64_to_double', 'double', 'int', 'double', (value: bigint) => Number(value)),
  global('string_to_double', 'double', 'string', 'double', doubleOf),
  global('uint64_to_double', 'double', 'uint', 'double', ({ value }: UintValue) => Number(value)),
  global('duration_to_duration', 'duration', 'duration', 'duration', same),
  global('int64_to_duration', 'duration', 'int', 'duration', (value: bigint) => checkedDuration(value)),
  global('string_to_duration', 'duration', 'string', 'duration', (text: string) => {
    const nanos = readDuration(text);
    return nanos === undefined ? unreadable('string', 'google.protobuf.Duration') : checkedDuration(nanos);
  }),
  global('int64_to_int64', 'int', 'int', 'int', same),
  global('double_to_int64', 'int', 'double', 'int', (value: number) =>
    wholeOf(value, minInt, maxInt, 'integer overflow'),
  ),
  global('duration_to_int64', 'int', 'duration', 'int', ({ nanos }: DurationValue) => nanos),
  global('string_to_int64', 'int', 'string', 'int', negativeAware),
  global('timestamp_to_int64', 'int', 'timestamp', 'int', seconds),
  global('uint64_to_int64', 'int', 'uint', 'int', ({ value }: UintValue) =>
    value > maxInt ? fail('integer overflow') : value,
  ),
  global('string_to_string', 'string', 'string', 'string', same),
  global('bool_to_string', 'string', 'bool', 'string', String),
  global('bytes_to_string', 'string', 'bytes', 'string', textOf),
  global('double_to_string', 'string', 'double', 'string', formatDouble),
  global('duration_to_string', 'string', 'duration', 'string', showDuration),
  global('int64_to_string', 'string', 'int', 'string', String),
  global('timestamp_to_string', 'string', 'timestamp', 'string', showTimestamp),
  global('uint64_to_string', 'string', 'uint', 'string', ({ value }: UintValue) => String(value)),
  global('timestamp_to_timestamp', 'timestamp', 'timestamp', 'timestamp', same),
  global('int64_to_timestamp', 'timestamp', 'int', 'timestamp', (value: bigint) =>
    checkedTimestamp(value * nanosPerSecond),
  ),
  global('string_to_timestamp', 'timestamp', 'string', 'timestamp', (text: string) => {
    const nanos = readTimestamp(text);
    return nanos === undefined ? unreadable('string', 'google.protobuf.Timestamp') : checkedTimestamp(nanos);
  }),
  global('uint64_to_uint64', 'uint', 'uint', 'uint', same),
  global('double_to_uint64', 'uint', 'double', 'uint', (value: number) =>
    uint(value < 0 ? fail('unsigned integer overflow') : wholeOf(value, -1n, maxUint, 'unsigned integer overflow')),
  ),
  global('int64_to_uint64', 'uint', 'int', 'uint', (value: bigint) =>
    value < 0n ? fail('unsigned integer overflow') : uint(value),
  ),
  global('string_to_uint64', 'uint', 'string', 'uint', (text: string) =>
    uint(intOfText(text, /^\d+$/, 0n, maxUint, 'uint')),
  ),
];
