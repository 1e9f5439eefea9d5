/**
 * Cron schedules: minute, hour, day of month, month, day of week, or a name such as @daily. When both days are restricted, either
 * may match. `@every 90m` counts from the time before instead. Times are those of a zone; an hour that the clock skips in spring is not met, one that it repeats in autumn is.
 */
import { parseDuration } from '../../api/duration.ts';

export type Schedule = CalendarSchedule | { readonly everyMs: number };

interface CalendarSchedule {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Both kinds of day are restricted: one of them suffices. */
  readonly eitherDay: boolean;
  readonly timeZone: string;
}

const names: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** A schedule that is not met in so long (the 30th of February) never is. */
const horizonMs = 5 * 366 * 24 * hourMs;

/** A zone before the fields, as old CronJobs may have it, comes before `timeZone`. @throws RangeError that says what cannot be read. */
export function parseSchedule(given: string, givenZone = 'UTC'): Schedule {
  const [prefix = '', zone] = /^(?:CRON_)?TZ=(\S*)\s+/.exec(given) ?? [];
  const text = given.slice(prefix.length);
  const timeZone = zone ?? givenZone;
  if (zone !== undefined && !isTimeZone(zone))
    throw new RangeError(`provided bad location ${zone}: unknown time zone ${zone}`);
  const [, every] = /^@every (.+)$/.exec(text.trim()) ?? [];
  if (every !== undefined) return { everyMs: wholeSeconds(parseDuration(every)) };
  const fields = (names[text.trim()] ?? text.trim()).split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (fields.length !== 5 || minute === undefined || hour === undefined || day === undefined) {
    throw new RangeError(`Expected 5 fields in the schedule: found ${fields.length} in "${text}"`);
  }
  const weekdays = parseField(weekday ?? '*', 0, 7, dayNames);
  if (weekdays.has(7)) weekdays.add(0);
  return {
    minutes: parseField(minute, 0, 59),
    hours: parseField(hour, 0, 23),
    days: parseField(day, 1, 31),
    months: parseField(month ?? '*', 1, 12, monthNames),
    weekdays,
    eitherDay: !isOpen(day) && !isOpen(weekday ?? '*'),
    timeZone,
  };
}

/** As all schedules, one of this kind knows no parts of a second, and comes once a second at most. */
const wholeSeconds = (ms: number): number => Math.max(1000, Math.floor(ms / 1000) * 1000);

export function isTimeZone(timeZone: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** The first time that the schedule is met after this one, or undefined when it never is. */
export function nextTimeMs(schedule: Schedule, afterMs: number): number | undefined {
  if ('everyMs' in schedule) return wholeSeconds(afterMs) + schedule.everyMs;
  const format = localFormat(schedule.timeZone);
  let atMs = Math.floor(afterMs / minuteMs) * minuteMs + minuteMs;
  while (atMs < afterMs + horizonMs) {
    const { month, day, weekday, hour, minute } = localTime(format, atMs);
    const untilHourMs = (60 - minute) * minuteMs;
    if (!schedule.months.has(month) || !isDay(schedule, day, weekday)) {
      // Midnight by the clock; where the clock is set in between, hours are looked at one by one.
      atMs += hour < 20 ? untilHourMs + Math.max(0, 20 - hour - 1) * hourMs : untilHourMs;
    } else if (!schedule.hours.has(hour)) atMs += untilHourMs;
    else if (!schedule.minutes.has(minute)) atMs += minuteMs;
    else return atMs;
  }
  return undefined;
}

const isOpen = (field: string): boolean => field.startsWith('*') || field.startsWith('?');

function isDay({ days, weekdays, eitherDay }: CalendarSchedule, day: number, weekday: number): boolean {
  return eitherDay ? days.has(day) || weekdays.has(weekday) : days.has(day) && weekdays.has(weekday);
}

function parseField(text: string, min: number, max: number, words: readonly string[] = []): Set<number> {
  const values = new Set<number>();
  const offset = words.length === 12 ? 1 : 0;
  const toNumber = (value: string): number => {
    const word = words.indexOf(value.toUpperCase());
    const number = word >= 0 ? word + offset : /^\d+$/.test(value) ? Number(value) : NaN;
    if (!(number >= min && number <= max)) throw new RangeError(`Cannot read the schedule: "${value}" in "${text}"`);
    return number;
  };
  for (const part of text.split(',')) {
    const [range = '', step] = part.split('/');
    const [first = '', last] = range.split('-');
    const open = first === '*' || first === '?';
    const from = open ? min : toNumber(first);
    const to = open ? max : last !== undefined ? toNumber(last) : step === undefined ? from : max;
    const by = step === undefined ? 1 : Number(step);
    if (!(by >= 1)) throw new RangeError(`Cannot read the schedule: "${part}" in "${text}"`);
    for (let value = from; value <= to; value += by) values.add(value);
  }
  return values;
}

interface LocalTime {
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function localFormat(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const parts = { month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', weekday: 'short' } as const;
    format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...parts });
    formats.set(timeZone, format);
  }
  return format;
}

function localTime(format: Intl.DateTimeFormat, atMs: number): LocalTime {
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  return {
    month: number('month'),
    day: number('day'),
    weekday: dayNames.indexOf((parts.get('weekday') ?? '').toUpperCase()),
    hour: number('hour'),
    minute: number('minute'),
  };
}
