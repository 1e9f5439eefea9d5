/** Lengths of time in Go's notation: 1h2m3.5s, 300ms. */
import { goTimeQuote } from './go-time-quote.ts';

export class DurationError extends Error {
  override readonly name = 'DurationError';
}

const nanosOf: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** What an int64 holds. */
const maxNanos = 2 ** 63;

/** Milliseconds; throws a DurationError in Go's words. */
export function parseDuration(text: string): number {
  return parseNanos(text) / 1e6;
}

/** The text that Go writes for the same length. */
export function canonicalDuration(text: string): string {
  return formatNanos(parseNanos(text));
}

/** `ms`: milliseconds. */
export function formatDuration(ms: number): string {
  return formatNanos(Math.round(ms * 1e6));
}

/** Nanoseconds; throws a DurationError in Go's words. */
export function parseNanos(text: string): number {
  const quoted = goTimeQuote(text);
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return 0;
  if (rest === '') throw new DurationError(`time: invalid duration ${quoted}`);
  let nanos = 0;
  while (rest !== '') {
    const amount = /^(?:\d+(?:\.\d*)?|\.\d+)/.exec(rest)?.[0];
    if (amount === undefined) throw new DurationError(`time: invalid duration ${quoted}`);
    rest = rest.slice(amount.length);
    const unit = /^[^.\d]*/.exec(rest)?.[0] ?? '';
    if (unit === '') throw new DurationError(`time: missing unit in duration ${quoted}`);
    const scale = nanosOf[unit];
    if (scale === undefined) {
      throw new DurationError(`time: unknown unit ${goTimeQuote(unit)} in duration ${quoted}`);
    }
    nanos += Number(amount) * scale;
    if (nanos > maxNanos) throw new DurationError(`time: invalid duration ${quoted}`);
    rest = rest.slice(unit.length);
  }
  return text.startsWith('-') ? -nanos : nanos;
}

function formatNanos(nanos: number): string {
  if (nanos === 0) return '0s';
  const sign = nanos < 0 ? '-' : '';
  const size = Math.abs(Math.round(nanos));
  if (size < 1e3) return `${sign}${size}ns`;
  if (size < 1e6) return `${sign}${size / 1e3}µs`;
  if (size < 1e9) return `${sign}${size / 1e6}ms`;
  const hours = Math.floor(size / 3600e9);
  const minutes = Math.floor((size % 3600e9) / 60e9);
  const seconds = (size % 60e9) / 1e9;
  const text = `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`;
  return sign + text;
}
