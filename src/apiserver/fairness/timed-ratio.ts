/** A histogram of how full something was, weighted by nanoseconds: told only of changes, it adds what held before them. */
import type { Histogram } from '../../base/metrics.ts';

export class TimedRatio {
  readonly #histogram: Histogram;
  #ratio = 0;
  #sinceMs: number;

  constructor(histogram: Histogram, nowMs: number) {
    this.#histogram = histogram;
    this.#sinceMs = nowMs;
  }

  set(ratio: number, nowMs: number): void {
    if (nowMs > this.#sinceMs) {
      this.#histogram.observe(this.#ratio, (nowMs - this.#sinceMs) * 1e6);
      this.#sinceMs = nowMs;
    }
    this.#ratio = ratio;
  }

  /** Up to now, before it is read. */
  settle(nowMs: number): void {
    this.set(this.#ratio, nowMs);
  }
}
