/**
 * One label of all nodes: for each row the number of its value, 0 without the label. Numbers start at 1 and are given
 * anew when the last node with a value has gone, so that columns indexed by them do not grow as nodes come and go.
 */
import type { Node } from '../api/groups/core.v1.ts';

export class LabelColumn {
  readonly key: string;
  /** By row. Replaced when the table grows. */
  values: Int32Array;
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [''];
  readonly #uses: number[] = [0];
  readonly #free: number[] = [];

  constructor(key: string, capacity: number) {
    this.key = key;
    this.values = new Int32Array(capacity);
  }

  /** Numbers are below this. */
  get limit(): number {
    return this.#texts.length;
  }

  grow(capacity: number): void {
    const grown = new Int32Array(capacity);
    grown.set(this.values);
    this.values = grown;
  }

  /** `node` undefined: the row has none any more. */
  set(row: number, node: Node | undefined): void {
    const text = node?.metadata.labels?.[this.key];
    const old = this.values[row] ?? 0;
    if (text === undefined ? old === 0 : old !== 0 && this.#texts[old] === text) return;
    this.values[row] = text === undefined ? 0 : this.#take(text);
    if (old !== 0) this.#giveBack(old);
  }

  #take(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#free.pop() ?? this.#texts.length;
      this.#numbers.set(text, number);
      this.#texts[number] = text;
      this.#uses[number] = 0;
    }
    this.#uses[number] = (this.#uses[number] ?? 0) + 1;
    return number;
  }

  #giveBack(number: number): void {
    const uses = (this.#uses[number] ?? 0) - 1;
    this.#uses[number] = uses;
    if (uses > 0) return;
    this.#numbers.delete(this.#texts[number] ?? '');
    this.#texts[number] = '';
    this.#free.push(number);
  }
}
