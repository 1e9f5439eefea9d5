/** Parts of times and of durations, in a time zone or in UTC. */
import { method, type Overload } from '../function.ts';
import { fail, type DurationValue, type TimestampValue } from '../value.ts';

/** A moment as a clock in the zone shows it: read it with the UTC functions. */
function local({ nanos }: TimestampValue, zone: string): Date {
  const milliseconds = Number((nanos - (((nanos % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n);
  const offset = /^([+-]?)(\d{2}):(\d{2})$/.exec(zone);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return new Date(milliseconds + (offset[1] === '-' ? -minutes : minutes) * 60_000);
  }
  return zone === 'UTC' || zone === '' ? new Date(milliseconds) : new Date(inZone(milliseconds, zone));
}

const formats = new Map<string, Intl.DateTimeFormat>();

function inZone(milliseconds: number, zone: string): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(milliseconds)
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name) ?? 0);
  const whole = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return whole + (((milliseconds % 1000) + 1000) % 1000);
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  try {
    const options = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
    const clock = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
    const made = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...options, ...clock });
    formats.set(zone, made);
    return made;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fail(`unknown time zone ${zone}`);
  }
}

const dayMs = 86_400_000;

const dayOfYear = (date: Date): number => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / dayMs);

const parts: readonly (readonly [name: string, id: string, read: (date: Date) => number])[] = [
  ['getFullYear', 'year', (date) => date.getUTCFullYear()],
  ['getMonth', 'month', (date) => date.getUTCMonth()],
  ['getDayOfYear', 'day_of_year', dayOfYear],
  ['getDayOfMonth', 'day_of_month', (date) => date.getUTCDate() - 1],
  ['getDate', 'day_of_month_1_based', (date) => date.getUTCDate()],
  ['getDayOfWeek', 'day_of_week', (date) => date.getUTCDay()],
  ['getHours', 'hours', (date) => date.getUTCHours()],
  ['getMinutes', 'minutes', (date) => date.getUTCMinutes()],
  ['getSeconds', 'seconds', (date) => date.getUTCSeconds()],
  ['getMilliseconds', 'milliseconds', (date) => date.getUTCMilliseconds()],
];

const units: readonly (readonly [name: string, id: string, read: (nanos: bigint) => bigint])[] = [
  ['getHours', 'hours', (nanos) => nanos / 3_600_000_000_000n],
  ['getMinutes', 'minutes', (nanos) => nanos / 60_000_000_000n],
  ['getSeconds', 'seconds', (nanos) => nanos / 1_000_000_000n],
  ['getMilliseconds', 'milliseconds', (nanos) => (nanos / 1_000_000n) % 1000n],
];

export const times: readonly Overload[] = [
  ...parts.flatMap(([name, id, read]) => [
    method(`timestamp_to_${id}`, name, 'timestamp', 'int', (time: TimestampValue) => BigInt(read(local(time, 'UTC')))),
    method(`timestamp_to_${id}_with_tz`, name, 'timestamp, string', 'int', (time: TimestampValue, zone: string) =>
      BigInt(read(local(time, zone))),
    ),
  ]),
  ...units.map(([name, id, read]) =>
    method(`duration_to_${id}`, name, 'duration', 'int', ({ nanos }: DurationValue) => read(nanos)),
  ),
];
