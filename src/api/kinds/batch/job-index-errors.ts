/** The indexes that an indexed job has done, or failed to do: well formed, below its completions, never both. */
import { invalid, type FieldError } from '../../field-error.ts';
import type { Job } from '../../groups/batch.v1.ts';
import { countIndexes, firstCommonIndex } from './index-intervals.ts';

/** Which of the two lists are looked at. */
interface Looked {
  readonly completed: boolean;
  readonly failed: boolean;
}

export function indexErrors({ spec, status }: Job, look: Looked): readonly FieldError[] {
  const { completions, backoffLimitPerIndex, completionMode } = spec;
  const { completedIndexes: done = '', failedIndexes: failed } = status;
  const errors: FieldError[] = [];
  const add = (name: 'completedIndexes' | 'failedIndexes', value: string, detail: string): void => {
    errors.push(invalid(`status.${name}`, value, detail));
  };
  if (look.completed && completions != null) {
    const indexes = countIndexes(done, completions);
    if (!indexes.ok) add('completedIndexes', done, `error parsing completedIndexes: ${indexes.problem}`);
  }
  if (look.failed && completions != null && backoffLimitPerIndex != null && failed != null) {
    const indexes = countIndexes(failed, completions);
    if (!indexes.ok) add('failedIndexes', failed, `error parsing failedIndexes: ${indexes.problem}`);
  }
  if (look.completed && done !== '' && completionMode !== 'Indexed') {
    add('completedIndexes', done, 'cannot set non-empty completedIndexes when non-indexed completion mode');
  }
  if (look.failed && backoffLimitPerIndex == null && failed != null) {
    add('failedIndexes', failed, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null');
  }
  if ((look.completed || look.failed) && completions != null && failed != null) {
    const common = firstCommonIndex(done, failed, completions);
    if (common !== undefined) {
      add('failedIndexes', failed, `failedIndexes and completedIndexes overlap at index: ${common}`);
    }
  }
  return errors;
}
