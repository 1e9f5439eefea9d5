/**
 * Operations on sets of fields whose answers are kept: objects of one origin are owned alike and change alike, so the same
 * questions come again and again. Asked about is what the sets are, not what they hold: answers are kept for sets that are
 * found again themselves, as those of managedFields (fields-v1.ts) and of comparisons (comparison-steps.ts) are.
 *
 * Limit: `maxAnswers`, then all are given anew.
 */
import * as fieldSet from './field-set.ts';
import type { FieldSet } from './field-set.ts';

type Operation = (a: FieldSet, b: FieldSet) => FieldSet;

const maxAnswers = 20_000;
const kept = new WeakSet<FieldSet>();
let answers = new WeakMap<FieldSet, Map<Operation, Map<FieldSet, FieldSet>>>();
let count = 0;

/** Says that the set will be found again. Answers it. */
export function keepSet(set: FieldSet): FieldSet {
  kept.add(set);
  return set;
}

export const isKept = (set: FieldSet): boolean => kept.has(set);

export const union = keeping(fieldSet.union);
export const intersection = keeping(fieldSet.intersection);
export const difference = keeping(fieldSet.difference);
export const recursiveDifference = keeping(fieldSet.recursiveDifference);

function keeping(operation: Operation): Operation {
  return (a, b) => {
    if (!kept.has(a) || !kept.has(b)) return operation(a, b);
    const known = answers.get(a)?.get(operation)?.get(b);
    return known ?? keepAnswer(operation, a, b);
  };
}

function keepAnswer(operation: Operation, a: FieldSet, b: FieldSet): FieldSet {
  if (++count > maxAnswers) {
    answers = new WeakMap();
    count = 1;
  }
  const answer = keepSet(operation(a, b));
  let ofSet = answers.get(a);
  if (ofSet === undefined) answers.set(a, (ofSet = new Map()));
  let ofOperation = ofSet.get(operation);
  if (ofOperation === undefined) ofSet.set(operation, (ofOperation = new Map()));
  ofOperation.set(b, answer);
  return answer;
}
