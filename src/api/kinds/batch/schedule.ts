/** The schedule of a cron job: five fields, or one of a few names. What is wrong is told as the cron parser tells it. */
import { DurationError, parseNanos } from '../../duration.ts';

const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const every = '@every ';
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

const fields: readonly Bounds[] = [
  { low: 0, high: 59 },
  { low: 0, high: 23 },
  { low: 1, high: 31 },
  { low: 1, high: 12, names: ['', ...months] },
  { low: 0, high: 6, names: weekdays },
];

/** undefined: the schedule can be read. `isZone`: whether there is a time zone of a name. */
export function scheduleProblem(schedule: string, isZone: (name: string) => boolean): string | undefined {
  if (schedule === '') return 'empty spec string';
  const [, zone, rest] = /^(?:CRON_)?TZ=(\S*) (.*)$/s.exec(schedule) ?? [];
  if (zone !== undefined && zone !== '' && !isZone(zone)) {
    return `provided bad location ${zone}: unknown time zone ${zone}`;
  }
  const text = rest?.trim() ?? schedule;
  return text.startsWith('@')
    ? descriptorProblem(text)
    : fieldsProblem(text.split(/\s+/).filter((part) => part !== ''));
}

function descriptorProblem(text: string): string | undefined {
  if (descriptors.includes(text)) return undefined;
  if (!text.startsWith(every)) return `unrecognized descriptor: ${text}`;
  try {
    parseNanos(text.slice(every.length));
    return undefined;
  } catch (error) {
    if (!(error instanceof DurationError)) throw error;
    return `failed to parse duration ${text}: ${error.message}`;
  }
}

function fieldsProblem(parts: readonly string[]): string | undefined {
  if (parts.length !== fields.length) {
    return `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`;
  }
  for (const [index, part] of parts.entries()) {
    const bounds = fields[index];
    if (bounds === undefined) continue;
    for (const item of part.split(',').filter((one) => one !== '')) {
      const problem = rangeProblem(item, bounds);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function rangeProblem(item: string, bounds: Bounds): string | undefined {
  const [range = '', step, ...moreSteps] = item.split('/');
  const ends = range.split('-');
  const [first = '', second = first] = ends;
  let start = bounds.low;
  let end = bounds.high;
  if (first !== '*' && first !== '?') {
    const problem =
      numberProblem(first, bounds.names) ?? (ends.length === 2 ? numberProblem(second, bounds.names) : undefined);
    if (problem !== undefined) return problem;
    if (ends.length > 2) return `too many hyphens: ${item}`;
    start = numberOf(first, bounds.names);
    end = ends.length === 1 && step !== undefined ? bounds.high : numberOf(second, bounds.names);
  }
  if (moreSteps.length > 0) return `too many slashes: ${item}`;
  const problem = step === undefined ? undefined : numberProblem(step);
  if (problem !== undefined) return problem;
  if (start < bounds.low) return `beginning of range (${start}) below minimum (${bounds.low}): ${item}`;
  if (end > bounds.high) return `end of range (${end}) above maximum (${bounds.high}): ${item}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${item}`;
  return step !== undefined && Number(step) === 0 ? `step of range should be a positive number: ${item}` : undefined;
}

function numberProblem(text: string, names?: readonly string[]): string | undefined {
  if (text !== '' && names?.includes(text.toLowerCase()) === true) return undefined;
  const failed = `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}`;
  if (!/^[+-]?\d+$/.test(text)) return `${failed}: invalid syntax`;
  const value = BigInt(text.replace('+', ''));
  if (BigInt.asIntN(64, value) !== value) return `${failed}: value out of range`;
  return value < 0n ? `negative number (${value}) not allowed: ${text}` : undefined;
}

function numberOf(text: string, names: readonly string[] = []): number {
  const named = names.indexOf(text.toLowerCase());
  return named >= 0 && text !== '' ? named : Number(text);
}
