/** The difference of two texts in the unified form: what goes with `-`, what comes with `+`, three lines around. */

const around = 3;

interface Step {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
  readonly before: number;
  readonly after: number;
}

export function lineDifference(before: string, after: string): string {
  const steps = compare(before.split('\n'), after.split('\n'));
  const changed = steps.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]));
  let text = '';
  for (let at = 0; at < changed.length;) {
    const start = Math.max((changed[at] ?? 0) - around, 0);
    let end = changed[at] ?? 0;
    while (at < changed.length && (changed[at] ?? 0) <= end + 2 * around) end = changed[at++] ?? end;
    text += hunk(steps.slice(start, end + around + 1));
  }
  return text;
}

function hunk(steps: readonly Step[]): string {
  const [first] = steps;
  if (first === undefined) return '';
  const removed = steps.filter(({ sign }) => sign !== '+').length;
  const added = steps.filter(({ sign }) => sign !== '-').length;
  const head = `@@ -${first.before + 1},${removed} +${first.after + 1},${added} @@\n`;
  return head + steps.map(({ sign, text }) => `${sign}${text}\n`).join('');
}

/** Common lines at both ends are kept; what lies between is compared by the longest common sequence. */
function compare(before: readonly string[], after: readonly string[]): readonly Step[] {
  const lengths = commonLengths(before, after);
  const steps: Step[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const a = before[i];
    const b = after[j];
    if (a !== undefined && a === b) steps.push({ sign: ' ', text: a, before: i++, after: j++ });
    else if (a !== undefined && (b === undefined || (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0))) {
      steps.push({ sign: '-', text: a, before: i++, after: j });
    } else if (b !== undefined) steps.push({ sign: '+', text: b, before: i, after: j++ });
  }
  return steps;
}

function commonLengths(before: readonly string[], after: readonly string[]): readonly Uint16Array[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (row === undefined) continue;
      row[j] =
        before[i] === after[j]
          ? (lengths[i + 1]?.[j + 1] ?? 0) + 1
          : Math.max(lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
