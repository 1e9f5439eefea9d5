/** How often each refusal was given. Neighbours mostly refuse for the same reason, so equal ones are counted in runs. */
import type { Refusal } from './framework.ts';

export class RefusalCounts {
  readonly #counts = new Map<Refusal, number>();
  #last: Refusal | undefined;
  #run = 0;

  add(refusal: Refusal, times = 1): void {
    if (refusal !== this.#last) this.#endRun();
    this.#last = refusal;
    this.#run += times;
  }

  entries(): Iterable<readonly [Refusal, number]> {
    this.#endRun();
    return this.#counts;
  }

  #endRun(): void {
    if (this.#last !== undefined) this.#counts.set(this.#last, (this.#counts.get(this.#last) ?? 0) + this.#run);
    this.#run = 0;
  }
}
