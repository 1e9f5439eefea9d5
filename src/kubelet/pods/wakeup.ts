/** Sleeps until a time or until somebody calls; a call that came since `reset` counts. */
import { sleep, type Clock } from '../../base/clock.ts';

export class Wakeup {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #woken = false;
  #sleeping: AbortController | undefined;

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  reset(): void {
    this.#woken = false;
  }

  wake(): void {
    this.#woken = true;
    this.#sleeping?.abort();
  }

  async until(dueMs: number): Promise<void> {
    const delayMs = dueMs - this.#clock.now();
    if (this.#woken || delayMs <= 0) return;
    this.#sleeping = new AbortController();
    await sleep(this.#clock, delayMs, AbortSignal.any([this.#signal, this.#sleeping.signal]));
    this.#sleeping = undefined;
  }
}
