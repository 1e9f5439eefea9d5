/** Durations as Go writes them (1h30m, 1.5s), and times of RFC 3339, in nanoseconds. */
import type { DurationValue, TimestampValue } from './value.ts';

const nanosOf: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const maxDigits = 40;

/** Undefined: no duration. */
export function readDuration(text: string): bigint | undefined {
  const unsigned = text.replace(/^[+-]/, '');
  if (unsigned === '0') return 0n;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(unsigned)) return undefined;
  let nanos = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of unsigned.matchAll(
    /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g,
  )) {
    if (whole.length > maxDigits || fraction.length > maxDigits) return undefined;
    const scale = 10n ** BigInt(fraction.length);
    nanos += (BigInt(`${whole}${fraction}` || '0') * (nanosOf[unit] ?? 0n)) / scale;
  }
  if (nanos > 2n ** 63n - 1n) return undefined;
  return text.startsWith('-') ? -nanos : nanos;
}

/** In seconds, such as 5400s or 0.5s. */
export function showDuration({ nanos }: DurationValue): string {
  const positive = nanos < 0n ? -nanos : nanos;
  const fraction = String(positive % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${nanos < 0n ? '-' : ''}${positive / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}s`;
}

const timestampPattern = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/;

/** Since 1970. Undefined: no time. */
export function readTimestamp(text: string): bigint | undefined {
  const found = timestampPattern.exec(text);
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const zone = found[8] ?? 'Z';
  const [zoneHours = 0, zoneMinutes = 0] = zone === 'Z' ? [] : zone.slice(1).split(':').map(Number);
  if (zoneHours > 23 || zoneMinutes > 59) return undefined;
  const offset = (zoneHours * 60 + zoneMinutes) * (zone.startsWith('-') ? -1 : 1);
  const seconds = date.getTime() / 1000 + (hour * 60 + minute - offset) * 60 + second;
  const fraction = (found[7] ?? '').slice(0, 9).padEnd(9, '0');
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction);
}

export function showTimestamp({ nanos }: TimestampValue): string {
  const part = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = (nanos - part) / 1_000_000_000n;
  const fraction = String(part).padStart(9, '0').replace(/0+$/, '');
  const whole = new Date(Number(seconds) * 1000).toISOString().replace(/\.\d+Z$/, '');
  return `${whole}${fraction === '' ? '' : `.${fraction}`}Z`;
}
