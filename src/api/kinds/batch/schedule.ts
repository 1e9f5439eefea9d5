/** The schedule of a cron job: five fields, or one of a few names. What is wrong is told as the cron parser tells it. */

const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
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

/** undefined: the schedule can be read. */
export function scheduleProblem(schedule: string): string | undefined {
  if (schedule.trim() === '') return 'empty spec string';
  const text = schedule.replace(/^(CRON_)?TZ=\S*\s+/, '').trim();
  if (text.startsWith('@')) {
    if (descriptors.includes(text)) return undefined;
    if (text.startsWith('@every ')) return undefined;
    return `unrecognized descriptor: ${text}`;
  }
  const parts = text.split(/\s+/);
  if (parts.length !== fields.length) {
    return `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`;
  }
  for (const [index, part] of parts.entries()) {
    const bounds = fields[index];
    if (bounds === undefined) continue;
    for (const item of part.split(',')) {
      const problem = rangeProblem(item, bounds);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function rangeProblem(item: string, bounds: Bounds): string | undefined {
  const [range = '', step, ...tooManySteps] = item.split('/');
  if (tooManySteps.length > 0) return `too many slashes: ${item}`;
  const [first = '', second, ...tooManyEnds] = range.split('-');
  if (tooManyEnds.length > 0) return `too many hyphens: ${item}`;
  let start = bounds.low;
  let end = bounds.high;
  if (first !== '*' && first !== '?') {
    const low = valueOf(first, bounds);
    if (low === undefined) return `failed to parse int from ${first}: strconv.Atoi: parsing "${first}": invalid syntax`;
    const high = second === undefined ? low : valueOf(second, bounds);
    if (high === undefined) {
      return `failed to parse int from ${second}: strconv.Atoi: parsing "${second}": invalid syntax`;
    }
    start = low;
    end = second === undefined && step !== undefined ? bounds.high : high;
  }
  if (step !== undefined) {
    if (!/^\d+$/.test(step)) return `failed to parse int from ${step}: strconv.Atoi: parsing "${step}": invalid syntax`;
    if (Number(step) === 0) return `step of range should be a positive number: ${item}`;
  }
  if (start < bounds.low) return `beginning of range (${start}) below minimum (${bounds.low}): ${item}`;
  if (end > bounds.high) return `end of range (${end}) above maximum (${bounds.high}): ${item}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${item}`;
  return undefined;
}

function valueOf(text: string, { names }: Bounds): number | undefined {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0 && text !== '') return named;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
