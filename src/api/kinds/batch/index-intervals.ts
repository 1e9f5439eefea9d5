/** Sets of indexes as jobs write them: `0,2-4`, ascending, below the number of completions. */

export type Indexes = { readonly ok: true; readonly count: number } | { readonly ok: false; readonly problem: string };

interface Interval {
  readonly first: number;
  readonly last: number;
}

type Parsed = { readonly ok: true; readonly interval: Interval } | { readonly ok: false; readonly problem: string };

/** How many indexes the text names, or why it names none, in Kubernetes' words. */
export function countIndexes(text: string, completions: number): Indexes {
  let count = 0;
  let before: number | undefined;
  if (text === '') return { ok: true, count };
  for (const part of text.split(',')) {
    const parsed = parseInterval(part, completions);
    if (!parsed.ok) return parsed;
    const { first, last } = parsed.interval;
    if (before !== undefined && before >= first) return { ok: false, problem: outOfOrder(before, first) };
    count += last - first + 1;
    before = last;
  }
  return { ok: true, count };
}

/** An index that both texts name. What cannot be read is passed over: it is told elsewhere. */
export function firstCommonIndex(one: string, other: string, completions: number): number | undefined {
  const ours = readableIntervals(one, completions);
  const theirs = readableIntervals(other, completions);
  let i = 0;
  let k = 0;
  for (let a = ours[i], b = theirs[k]; a !== undefined && b !== undefined; a = ours[i], b = theirs[k]) {
    if (a.first <= b.last && b.first <= a.last) return Math.max(a.first, b.first);
    if (a.first <= b.first) i++;
    else k++;
  }
  return undefined;
}

function readableIntervals(text: string, completions: number): readonly Interval[] {
  return text.split(',').flatMap((part) => {
    const parsed = parseInterval(part, completions);
    return parsed.ok ? [parsed.interval] : [];
  });
}

function parseInterval(text: string, completions: number): Parsed {
  const ends = text.split('-');
  if (ends.length > 2) {
    const rule = "violates the requirement that an index interval can have at most two parts separated by '-'";
    return { ok: false, problem: `the fragment ${JSON.stringify(text)} ${rule}` };
  }
  for (const end of ends) {
    const problem = endProblem(end, completions);
    if (problem !== undefined) return { ok: false, problem };
  }
  const first = Number(ends[0]);
  const last = Number(ends.at(-1));
  if (ends.length === 2 && first >= last) return { ok: false, problem: outOfOrder(first, last) };
  return { ok: true, interval: { first, last } };
}

function endProblem(end: string, completions: number): string | undefined {
  if (!/^\+?\d+$/.test(end)) return `cannot convert string to integer for index: ${JSON.stringify(end)}`;
  return Number(end) >= completions ? `too large index: ${JSON.stringify(end)}` : undefined;
}

function outOfOrder(previous: number, current: number): string {
  return `non-increasing order, previous: ${previous}, current: ${current}`;
}
