/**
 * Very many timers behind one: a calendar of ticks, each with the calls that are due in it. Setting and cancelling cost the
 * same however many there are, and the machine is woken once a tick at most.
 *
 *   clock ──every tick in which something is due──▶ calls, in the order of their ticks
 */
import type { Clock } from '../base/clock.ts';

const tickMs = 10;
/** The calendar is looked at again after this long even when nothing is due before. */
const longestSleepMs = 60_000;

export interface Timer {
  cancel(): void;
}

export class Timers {
  readonly #clock: Clock;
  readonly #ticks = new Map<number, Set<() => void>>();
  #stopWaiting: (() => void) | undefined;
  #wakesAtMs = Infinity;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls back once, at `dueMs` or up to a tick later; never during this call. */
  at(dueMs: number, callback: () => void): Timer {
    const tick = Math.ceil(Math.max(dueMs, this.#clock.now()) / tickMs);
    const calls = this.#ticks.get(tick) ?? new Set();
    this.#ticks.set(tick, calls);
    const call = (): void => callback();
    calls.add(call);
    this.#wakeBy(tick * tickMs);
    return { cancel: () => void calls.delete(call) };
  }

  close(): void {
    this.#isClosed = true;
    this.#stopWaiting?.();
    this.#ticks.clear();
  }

  #wakeBy(dueMs: number): void {
    const wakeMs = Math.min(dueMs, this.#clock.now() + longestSleepMs);
    if (this.#isClosed || wakeMs >= this.#wakesAtMs) return;
    this.#stopWaiting?.();
    this.#wakesAtMs = wakeMs;
    this.#stopWaiting = this.#clock.after(Math.max(0, wakeMs - this.#clock.now()), () => this.#ring());
  }

  #ring(): void {
    this.#wakesAtMs = Infinity;
    const now = Math.floor(this.#clock.now() / tickMs);
    const due = [...this.#ticks.keys()].filter((tick) => tick <= now).sort((a, b) => a - b);
    for (const tick of due) {
      const calls = this.#ticks.get(tick) ?? [];
      this.#ticks.delete(tick);
      for (const call of calls) if (!this.#isClosed) call();
    }
    let next = Infinity;
    for (const tick of this.#ticks.keys()) next = Math.min(next, tick);
    if (next !== Infinity) this.#wakeBy(next * tickMs);
  }
}
