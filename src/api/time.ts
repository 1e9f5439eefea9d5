/**
 * Times as the API writes them: RFC 3339 in UTC, in whole seconds (Time) or with six digits (MicroTime).
 * What is read may carry a zone and a fraction; error texts are those of Go's time.Parse.
 */
import { goTimeQuote } from './go-time-quote.ts';

export class TimeError extends Error {
  override readonly name = 'TimeError';
}

const secondsLayout = '2006-01-02T15:04:05Z07:00';
const microLayout = '2006-01-02T15:04:05.000000Z07:00';
/** What needs no closer look: every such day exists. */
const canonicalPattern = /^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const canonicalMicroPattern = new RegExp(canonicalPattern.source.replace('Z$', String.raw`\.\d{6}Z$`));
const secondsLength = '2006-01-02T15:04:05'.length;
const zeroTime = -62_135_596_800;

/** Seconds since 1970 and the microseconds beyond them. */
interface Instant {
  readonly seconds: number;
  readonly micros: number;
}

/** The canonical text of a Time; '' for the zero time; throws a TimeError. */
export function canonicalTime(text: string): string {
  if (canonicalPattern.test(text)) return text;
  const instant = parse(text, secondsLayout);
  return instant.seconds === zeroTime ? '' : formatTime(instant.seconds * 1000);
}

/** The canonical text of a MicroTime; '' for the zero time; throws a TimeError. */
export function canonicalMicroTime(text: string): string {
  if (canonicalMicroPattern.test(text)) return text;
  const { seconds, micros } = parse(text, microLayout);
  if (seconds === zeroTime && micros === 0) return '';
  return `${formatTime(seconds * 1000).slice(0, -1)}.${String(micros).padStart(6, '0')}Z`;
}

/** Milliseconds since 1970 of a Time or MicroTime; throws a TimeError. */
export function parseTime(text: string): number {
  if (canonicalPattern.test(text)) return Date.parse(text);
  if (canonicalMicroPattern.test(text)) {
    return Date.parse(`${text.slice(0, secondsLength)}Z`) + Number(text.slice(secondsLength + 1, -1)) / 1000;
  }
  const { seconds, micros } = parse(text, secondsLayout);
  return seconds * 1000 + micros / 1000;
}

/** Time: RFC 3339 in whole seconds, cut off. */
export function formatTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  // Most times that are written are the present second's.
  if (second !== lastSecond) {
    lastText = new Date(second * 1000).toISOString().replace('.000Z', 'Z');
    lastSecond = second;
  }
  return lastText;
}

let lastSecond = Number.NaN;
let lastText = '';

/** MicroTime: RFC 3339 with six digits of a second. */
export function formatMicroTime(ms: number): string {
  const micros = Math.floor(ms * 1000);
  const seconds = Math.floor(micros / 1_000_000);
  return `${formatTime(seconds * 1000).slice(0, -1)}.${String(micros - seconds * 1_000_000).padStart(6, '0')}Z`;
}

/** Reads element by element, so that an error names the part that could not be read. */
function parse(text: string, layout: string): Instant {
  let rest = text;
  const element = (pattern: RegExp, name: string, max?: number, range?: string): string => {
    const match = pattern.exec(rest);
    if (match === null) throw unreadable(text, layout, rest, name);
    rest = rest.slice(match[0].length);
    if (max !== undefined && Number(match[0]) > max) throw outOfRange(text, range ?? name);
    return match[0];
  };
  const year = element(/^\d{4}/, '2006');
  element(/^-/, '-');
  const month = element(/^\d\d/, '01', 12, 'month');
  if (month === '00') throw outOfRange(text, 'month');
  element(/^-/, '-');
  const day = element(/^\d\d/, '02');
  element(/^T/, 'T');
  const hour = element(/^\d\d?/, '15', 23, 'hour');
  element(/^:/, ':');
  const minute = element(/^\d\d/, '04', 59, 'minute');
  element(/^:/, ':');
  const second = element(/^\d\d/, '05', 59, 'second');
  const fraction = layout === microLayout ? element(/^\.\d{6}/, '.000000') : element(/^(?:[.,]\d+)?/, '');
  const zone = zoneSeconds(text, element(/^(?:Z|[+-]\d\d:\d\d)/, 'Z07:00'));
  if (rest !== '') throw new TimeError(`parsing time ${goTimeQuote(text)}: extra text: ${goTimeQuote(rest)}`);
  // Only then are the days of that month counted.
  const date = new Date(Date.UTC(2000, 0, 1, Number(hour), Number(minute), Number(second)));
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCDate() !== Number(day)) throw outOfRange(text, 'day');
  return {
    seconds: date.getTime() / 1000 - zone,
    micros: Number(fraction.slice(1, 7).padEnd(6, '0')),
  };
}

function zoneSeconds(text: string, zone: string): number {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  if (hours > 24) throw outOfRange(text, 'time zone offset hour');
  if (minutes > 60) throw outOfRange(text, 'time zone offset minute');
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}

function unreadable(text: string, layout: string, rest: string, name: string): TimeError {
  return new TimeError(
    `parsing time ${goTimeQuote(text)} as ${goTimeQuote(layout)}: cannot parse ${goTimeQuote(rest)} as ${goTimeQuote(name)}`,
  );
}

function outOfRange(text: string, what: string): TimeError {
  return new TimeError(`parsing time ${goTimeQuote(text)}: ${what} out of range`);
}
