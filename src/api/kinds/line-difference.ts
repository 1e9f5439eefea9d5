/**
 * The difference of two texts in the unified form: what goes with `-`, what comes with `+`, three lines around.
 *
 * Which lines count as kept is decided as in Python's difflib, whose port the original uses: the longest run of
 * equal lines first, then the same on both its sides (https://docs.python.org/3/library/difflib.html).
 */

const around = 3;

/** Comparisons after which what is left is shown as replaced: a hostile text would keep the server busy for minutes. */
const maxComparisons = 5_000_000;

/** Texts of so many lines and more: lines that are more than a hundredth of them start no run. */
const manyLines = 200;

/** Lines `before … beforeEnd` of the one text became lines `after … afterEnd` of the other; both ends are exclusive. */
interface Step {
  readonly same: boolean;
  readonly before: number;
  readonly beforeEnd: number;
  readonly after: number;
  readonly afterEnd: number;
}

type Span = Omit<Step, 'same'>;

export function lineDifference(before: string, after: string): string {
  const old = before.split('\n');
  const wanted = after.split('\n');
  return hunks(steps(old, wanted))
    .map((hunk) => shown(hunk, old, wanted))
    .join('');
}

function shown(hunk: readonly Step[], old: readonly string[], wanted: readonly string[]): string {
  const first = hunk[0];
  const last = hunk.at(-1);
  if (first === undefined || last === undefined) return '';
  const lines = [`@@ -${range(first.before, last.beforeEnd)} +${range(first.after, last.afterEnd)} @@`];
  for (const { same, before, beforeEnd, after, afterEnd } of hunk) {
    for (let at = before; at < beforeEnd; at++) lines.push(`${same ? ' ' : '-'}${old[at] ?? ''}`);
    if (!same) for (let at = after; at < afterEnd; at++) lines.push(`+${wanted[at] ?? ''}`);
  }
  return `${lines.join('\n')}\n`;
}

function range(start: number, end: number): string {
  const length = end - start;
  if (length === 1) return `${start + 1}`;
  return `${length === 0 ? start : start + 1},${length}`;
}

/** Changes with at most six equal lines between them stand together; three equal lines stand around. */
function hunks(all: readonly Step[]): readonly (readonly Step[])[] {
  const result: Step[][] = [];
  let hunk: Step[] = [];
  let changed = false;
  const end = (): void => {
    if (changed) result.push(hunk);
    hunk = [];
    changed = false;
  };
  all.forEach((step, index) => {
    if (!step.same) {
      hunk.push(step);
      changed = true;
      return;
    }
    const length = step.beforeEnd - step.before;
    const tail = { ...step, before: step.beforeEnd - around, after: step.afterEnd - around };
    if (index === 0) hunk.push(length > around ? tail : step);
    else if (length > 2 * around || index === all.length - 1) {
      const kept = Math.min(length, around);
      hunk.push({ ...step, beforeEnd: step.before + kept, afterEnd: step.after + kept });
      end();
      if (length > around) hunk.push(tail);
    } else hunk.push(step);
  });
  end();
  return result;
}

/** Equal and changed spans in their order, from the first lines to the last. */
function steps(old: readonly string[], wanted: readonly string[]): readonly Step[] {
  const result: Step[] = [];
  let before = 0;
  let after = 0;
  const add = (same: boolean, beforeEnd: number, afterEnd: number): void => {
    const last = result.at(-1);
    if (last?.same === same) result[result.length - 1] = { ...last, beforeEnd, afterEnd };
    else if (beforeEnd > before || afterEnd > after) result.push({ same, before, beforeEnd, after, afterEnd });
    before = beforeEnd;
    after = afterEnd;
  };
  for (const run of equalRuns(old, wanted)) {
    if (run.before > before || run.after > after) add(false, run.before, run.after);
    add(true, run.beforeEnd, run.afterEnd);
  }
  if (old.length > before || wanted.length > after) add(false, old.length, wanted.length);
  return result;
}

/** Spans of equal lines in their order: the longest of the whole, and those before and after it. */
function equalRuns(old: readonly string[], wanted: readonly string[]): readonly Span[] {
  const places = placesOf(wanted);
  const left = { comparisons: maxComparisons };
  const open: Span[] = [{ before: 0, beforeEnd: old.length, after: 0, afterEnd: wanted.length }];
  const found: Span[] = [];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    if (span.before >= span.beforeEnd || span.after >= span.afterEnd) continue;
    const run = longestRun(span, old, wanted, places, left);
    if (run === undefined) continue;
    found.push(run);
    open.push({ ...span, beforeEnd: run.before, afterEnd: run.after });
    open.push({ ...span, before: run.beforeEnd, after: run.afterEnd });
  }
  return found.toSorted((a, b) => a.before - b.before);
}

function placesOf(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  lines.forEach((line, at) => {
    const known = places.get(line);
    if (known === undefined) places.set(line, [at]);
    else known.push(at);
  });
  if (lines.length < manyLines) return places;
  const tooMany = Math.floor(lines.length / 100) + 1;
  for (const [line, at] of places) if (at.length > tooMany) places.delete(line);
  return places;
}

/** The longest run of equal lines within a span, of equally long ones the earliest; undefined if there is none. */
function longestRun(
  span: Span,
  old: readonly string[],
  wanted: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  left: { comparisons: number },
): Span | undefined {
  if ((left.comparisons -= span.beforeEnd - span.before) < 0) return undefined;
  let [before, after, length] = [span.before, span.after, 0];
  /** Length of the run that ends at a line of the one text, by the line of the other. */
  let endingHere = new Map<number, number>();
  for (let i = span.before; i < span.beforeEnd; i++) {
    const endingNext = new Map<number, number>();
    const candidates = places.get(old[i] ?? '') ?? [];
    if ((left.comparisons -= candidates.length) < 0) return undefined;
    for (const j of candidates) {
      if (j < span.after || j >= span.afterEnd) continue;
      const run = (endingHere.get(j - 1) ?? 0) + 1;
      endingNext.set(j, run);
      if (run > length) [before, after, length] = [i - run + 1, j - run + 1, run];
    }
    endingHere = endingNext;
  }
  let [beforeEnd, afterEnd] = [before + length, after + length];
  while (before > span.before && after > span.after && old[before - 1] === wanted[after - 1])
    [before, after] = [before - 1, after - 1];
  while (beforeEnd < span.beforeEnd && afterEnd < span.afterEnd && old[beforeEnd] === wanted[afterEnd]) {
    [beforeEnd, afterEnd] = [beforeEnd + 1, afterEnd + 1];
  }
  return beforeEnd > before ? { before, beforeEnd, after, afterEnd } : undefined;
}
