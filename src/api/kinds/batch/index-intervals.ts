/** Sets of indexes as jobs write them: `0,2-4`, ascending, below the number of completions. */

export type Indexes = { readonly ok: true; readonly count: number } | { readonly ok: false; readonly problem: string };

/** How many indexes the text names, or why it names none, in Kubernetes' words. */
export function countIndexes(text: string, completions: number): Indexes {
  let count = 0;
  let last: number | undefined;
  if (text === '') return { ok: true, count };
  for (const interval of text.split(',')) {
    const ends = interval.split('-');
    if (ends.length > 2) {
      const rule = "violates the requirement that an index interval can have at most two parts separated by '-'";
      return { ok: false, problem: `the fragment ${JSON.stringify(interval)} ${rule}` };
    }
    for (const end of ends) {
      const problem = endProblem(end, completions);
      if (problem !== undefined) return { ok: false, problem };
    }
    const first = Number(ends[0]);
    const final = Number(ends.at(-1));
    if (ends.length === 2 && first >= final) return outOfOrder(first, final);
    if (last !== undefined && last >= first) return outOfOrder(last, first);
    count += final - first + 1;
    last = final;
  }
  return { ok: true, count };
}

function endProblem(end: string, completions: number): string | undefined {
  if (!/^\+?\d+$/.test(end)) return `cannot convert string to integer for index: ${JSON.stringify(end)}`;
  return Number(end) >= completions ? `too large index: ${JSON.stringify(end)}` : undefined;
}

function outOfOrder(previous: number, current: number): Indexes {
  return { ok: false, problem: `non-increasing order, previous: ${previous}, current: ${current}` };
}
