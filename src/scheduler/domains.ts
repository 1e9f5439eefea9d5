/**
 * How many pods of some kind are in each topology domain, the domains being the nodes that share a value of a label.
 *
 * The sums are kept as pods and nodes come and go, so that a decision reads them and never adds anything up:
 *
 *   node ──label number──▶ domain ──▶ sum of its pods        lowest sum of all domains, for spreading
 *
 * Invariant: the sum of a domain is that of `countOn` over its counted rows; `size` is the number of domains that have any.
 */
import type { LabelColumn } from './label-column.ts';

export interface DomainSource {
  readonly column: LabelColumn;
  /** The pods of the row that count. Asked when the row's node changes, not for each decision. */
  readonly countOn: (row: number) => number;
  /** Whether the row's node has a say, by what the node is like alone; every one has unless given. */
  readonly counts?: ((row: number) => boolean) | undefined;
}

export class DomainSums {
  readonly #source: DomainSource;
  #sums = new Int32Array(0);
  /** Rows that are counted, by domain. */
  #rows = new Int32Array(0);
  #size = 0;
  #total = 0;
  #lowest = 0;
  /** How many domains have the lowest sum; 0: it must be looked for. */
  #atLowest = 0;

  /** `rows`: those that may be counted as of now. */
  constructor(source: DomainSource, rows: Iterable<number>) {
    this.#source = source;
    for (const row of rows) this.enter(row);
  }

  /** The sum of the row's domain; 0 for a row without the label. */
  of(row: number): number {
    return this.#sums[this.#source.column.values[row] ?? 0] ?? 0;
  }

  /** Whether the row has the label. */
  has(row: number): boolean {
    return this.#source.column.values[row] !== 0;
  }

  /** Moves the rows to the front whose domain has at most so many pods, those without the label among them; answers how many. */
  siftAtMost(most: number, rows: Int32Array, count: number, refuse: (row: number) => void): number {
    const sums = this.#sums;
    const { values } = this.#source.column;
    let kept = 0;
    for (let at = 0; at < count; at++) {
      const row = rows[at] ?? 0;
      if ((sums[values[row] ?? 0] ?? 0) <= most) rows[kept++] = row;
      else refuse(row);
    }
    return kept;
  }

  /** The same with rows that have the label and at least so many pods in their domain. */
  siftAtLeast(least: number, rows: Int32Array, count: number, refuse: (row: number) => void): number {
    const sums = this.#sums;
    const { values } = this.#source.column;
    let kept = 0;
    for (let at = 0; at < count; at++) {
      const row = rows[at] ?? 0;
      const domain = values[row] ?? 0;
      if (domain !== 0 && (sums[domain] ?? 0) >= least) rows[kept++] = row;
      else refuse(row);
    }
    return kept;
  }

  /** Adds the sum of each row's domain, times the weight, to the row's score. */
  addTo(scores: Float64Array, rows: Int32Array, weight: number): void {
    const sums = this.#sums;
    const { values } = this.#source.column;
    for (let at = 0; at < rows.length; at++) {
      scores[at] = (scores[at] ?? 0) + weight * (sums[values[rows[at] ?? 0] ?? 0] ?? 0);
    }
  }

  get size(): number {
    return this.#size;
  }

  get total(): number {
    return this.#total;
  }

  /** Of the domains that have a counted row; 0 when there is none. */
  get lowest(): number {
    if (this.#atLowest === 0) this.#findLowest();
    return this.#lowest;
  }

  /** As many numbers as are held, for limits. */
  get footprint(): number {
    return this.#sums.length + this.#rows.length;
  }

  /** A pod came to the row (1) or left it (-1). */
  add(row: number, delta: number): void {
    if (this.#counts(row)) this.#change(this.#source.column.values[row] ?? 0, delta);
  }

  /** The row has a node whose label and other properties are known. */
  enter(row: number): void {
    if (!this.#counts(row)) return;
    const domain = this.#source.column.values[row] ?? 0;
    if (domain >= this.#sums.length) this.#grow();
    const rows = this.#rows[domain] ?? 0;
    this.#rows[domain] = rows + 1;
    if (rows === 0) {
      this.#size++;
      this.#atLowest = 0;
    }
    this.#change(domain, this.#source.countOn(row));
  }

  /** The row's node is about to change. */
  leave(row: number): void {
    if (!this.#counts(row)) return;
    const domain = this.#source.column.values[row] ?? 0;
    this.#change(domain, -this.#source.countOn(row));
    const rows = (this.#rows[domain] ?? 0) - 1;
    this.#rows[domain] = rows;
    if (rows > 0) return;
    this.#size--;
    this.#atLowest = 0;
  }

  #counts(row: number): boolean {
    return this.has(row) && (this.#source.counts === undefined || this.#source.counts(row));
  }

  #change(domain: number, delta: number): void {
    if (delta === 0) return;
    const old = this.#sums[domain] ?? 0;
    const sum = old + delta;
    this.#sums[domain] = sum;
    this.#total += delta;
    if (this.#atLowest === 0) return;
    if (old === this.#lowest) this.#atLowest--;
    if (sum === this.#lowest) this.#atLowest++;
    if (sum >= this.#lowest) return;
    this.#lowest = sum;
    this.#atLowest = 1;
  }

  #findLowest(): void {
    let lowest = Infinity;
    let at = 0;
    for (let domain = 1; domain < this.#sums.length; domain++) {
      if (this.#rows[domain] === 0) continue;
      const sum = this.#sums[domain] ?? 0;
      if (sum < lowest) {
        lowest = sum;
        at = 1;
      } else if (sum === lowest) {
        at++;
      }
    }
    this.#lowest = at === 0 ? 0 : lowest;
    this.#atLowest = at;
  }

  #grow(): void {
    const length = Math.max(4, this.#source.column.limit, this.#sums.length * 2);
    const [sums, rows] = [new Int32Array(length), new Int32Array(length)];
    sums.set(this.#sums);
    rows.set(this.#rows);
    this.#sums = sums;
    this.#rows = rows;
  }
}
