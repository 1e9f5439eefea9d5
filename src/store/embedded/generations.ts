/**
 * A memory of bounded size that forgets by generations: what is set goes into the newer one; when that is full it becomes the
 * older one, and what was the older one is gone. Taking the first entry of a large map again and again, as a strict order
 * of use would, means to step over all that were taken before.
 */
export class Generations<Value> {
  readonly #limit: number;
  #newer = new Map<number, Value>();
  #weight = 0;
  #older: ReadonlyMap<number, Value> = new Map();

  /** @param limit Sum of the weights of all that is kept. */
  constructor(limit: number) {
    this.#limit = limit / 2;
  }

  has(key: number): boolean {
    return this.#newer.has(key) || this.#older.has(key);
  }

  /** @param weightOf Of the value: what is found in the older generation is taken over into the newer one. */
  get(key: number, weightOf: (value: Value) => number): Value | undefined {
    const value = this.#newer.get(key);
    if (value !== undefined) return value;
    const older = this.#older.get(key);
    if (older !== undefined) this.set(key, older, weightOf(older));
    return older;
  }

  /** A value that is heavier than a generation may be is not kept. */
  set(key: number, value: Value, weight: number): void {
    if (weight > this.#limit || this.#newer.has(key)) return;
    if (this.#weight + weight > this.#limit) {
      this.#older = this.#newer;
      this.#newer = new Map();
      this.#weight = 0;
    }
    this.#newer.set(key, value);
    this.#weight += weight;
  }
}
