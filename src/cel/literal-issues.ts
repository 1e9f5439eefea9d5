/** Literals that can never work where they stand: durations, times and patterns that cannot be read. */
import { patternProblem } from '../base/linear-pattern.ts';
import type { Checked } from './check.ts';
import type { Expression } from './expression.ts';
import type { Issue, Source } from './issue.ts';
import { readDuration, readTimestamp } from './time.ts';
import { visitAll } from './visit.ts';

const readable: Readonly<Record<string, (text: string) => boolean>> = {
  duration: (text) => readDuration(text) !== undefined,
  timestamp: (text) => readTimestamp(text) !== undefined,
  matches: (text) => patternProblem(text) === undefined,
};

export function literalIssues(source: Source, { expression, references }: Checked): readonly Issue[] {
  const issues: Issue[] = [];
  visitAll(expression, (each: Expression) => {
    if (each.kind !== 'call' || !Object.hasOwn(readable, each.name) || references.get(each)?.kind !== 'call') return;
    const arg = each.args.at(-1);
    if (arg?.kind !== 'literal' || typeof arg.value !== 'string') return;
    if (readable[each.name]?.(arg.value) === true) return;
    issues.push(source.issue(`invalid ${each.name} argument`, arg.offset));
  });
  return issues;
}
