/**
 * What a comparison found, as a walk through a trie of all that comparisons found before: the same changes end at the same
 * step, and have the same sets.
 *
 *   start ──f:status──▶ ──f:phase──▶ ──~──▶ ──<──▶ ──f:podIP──▶ ──+──▶ {added: status.podIP, modified: status.phase}
 *                                              up
 *
 * Limit: `maxKept` steps, then all starts afresh; a very long walk is not kept.
 */
import { insertPath, setBuilder, type FieldSet } from './field-set.ts';
import { keepSet } from './kept-sets.ts';

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** What happened to the field at which the walk stands. */
export type Change = '+' | '~' | '-';

interface Step {
  readonly from: Step | undefined;
  /** A path element, or `up`, or a change. Elements are longer than these. */
  readonly token: string;
  next: Map<string, Step> | undefined;
  comparison: Comparison | undefined;
}

const up = '<';
const maxKept = 20_000;
const maxLength = 500;

const newStep = (from: Step | undefined, token: string): Step => ({
  from,
  token,
  next: undefined,
  comparison: undefined,
});

let start = newStep(undefined, '');
let kept = 0;

/** One comparison on its way. Changes are told in the order of a walk through both values. */
export class ChangeWalk {
  readonly #path: string[] = [];
  /** How far down the path the steps have come. */
  #depth = 0;
  #length = 0;
  #step: Step;

  constructor() {
    if (kept > maxKept) {
      start = newStep(undefined, '');
      kept = 0;
    }
    this.#step = start;
  }

  down(element: string): void {
    this.#path.push(element);
  }

  up(): void {
    this.#path.pop();
    if (this.#depth <= this.#path.length) return;
    this.#depth--;
    this.#take(up);
  }

  found(change: Change): void {
    const path = this.#path;
    for (; this.#depth < path.length; this.#depth++) this.#take(path[this.#depth] ?? '');
    this.#take(change);
  }

  comparison(): Comparison {
    const step = this.#step;
    if (step.comparison !== undefined) return step.comparison;
    const comparison = comparisonAt(step);
    if (this.#length <= maxLength) for (const set of Object.values(comparison)) keepSet(set);
    return (step.comparison = comparison);
  }

  #take(token: string): void {
    const step = this.#step;
    if (++this.#length > maxLength) {
      this.#step = newStep(step, token);
      return;
    }
    step.next ??= new Map();
    let next = step.next.get(token);
    if (next === undefined) {
      step.next.set(token, (next = newStep(step, token)));
      kept++;
    }
    this.#step = next;
  }
}

function comparisonAt(end: Step): Comparison {
  const tokens: string[] = [];
  for (let at = end; at.from !== undefined; at = at.from) tokens.push(at.token);
  const [added, modified, removed] = [setBuilder(), setBuilder(), setBuilder()];
  const path: string[] = [];
  for (const token of tokens.toReversed()) {
    if (token === up) path.pop();
    else if (token === '+') insertPath(added, path);
    else if (token === '~') insertPath(modified, path);
    else if (token === '-') insertPath(removed, path);
    else path.push(token);
  }
  return { added, modified, removed };
}
