/** Rows that refused a pod in one search, and why. Most refuse for the same few reasons, so these are counted in runs. */
import type { Refusal } from './framework.ts';

export class Refused {
  readonly plugins = new Set<string>();
  readonly #capacity: number;
  readonly #counts = new Map<Refusal, number>();
  #byRow: (Refusal | undefined)[] = [];
  #size = 0;
  #last: Refusal | undefined;
  #run = 0;

  /** Rows are below `capacity`. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#size;
  }

  /** How often each reason was given. */
  get counts(): ReadonlyMap<Refusal, number> {
    this.#endRun();
    return this.#counts;
  }

  by(plugin: string): void {
    this.plugins.add(plugin);
  }

  /** A row is added once. */
  add(row: number, refusal: Refusal): void {
    if (this.#size === 0) this.#byRow = Array.from({ length: this.#capacity });
    this.#size++;
    this.#byRow[row] = refusal;
    if (refusal !== this.#last) this.#endRun();
    this.#last = refusal;
    this.#run++;
  }

  get(row: number): Refusal | undefined {
    return this.#byRow[row];
  }

  #endRun(): void {
    if (this.#last !== undefined) this.#counts.set(this.#last, (this.#counts.get(this.#last) ?? 0) + this.#run);
    this.#run = 0;
  }
}
