/**
 * How many seats a priority level wanted over the last period: average, spread and peak, weighted by time. From them
 * comes the smoothed demand by which levels borrow from one another: it follows a rise at once and a fall slowly.
 */
export interface Demand {
  readonly average: number;
  readonly deviation: number;
  readonly highest: number;
  readonly smoothed: number;
}

/** What stays of the smoothed demand after a period: half of it goes in five minutes. */
const kept = 0.977;

export class DemandMeter {
  #value = 0;
  #sinceMs: number;
  #startMs: number;
  #sum = 0;
  #sumOfSquares = 0;
  #highest = 0;
  #smoothed = 0;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
    this.#startMs = nowMs;
  }

  /** So many seats are wanted from now on. */
  set(value: number, nowMs: number): void {
    if (nowMs > this.#sinceMs) this.#advance(nowMs);
    this.#value = value;
    if (value > this.#highest) this.#highest = value;
  }

  /** Ends the period and begins the next. */
  take(nowMs: number): Demand {
    this.#advance(nowMs);
    const lengthMs = nowMs - this.#startMs;
    const average = lengthMs === 0 ? this.#value : this.#sum / lengthMs;
    const variance = lengthMs === 0 ? 0 : this.#sumOfSquares / lengthMs - average * average;
    const deviation = Math.sqrt(Math.max(0, variance));
    const highest = this.#highest;
    const envelope = average + deviation;
    this.#smoothed = Math.max(envelope, kept * this.#smoothed + (1 - kept) * envelope);
    this.#startMs = nowMs;
    this.#sum = 0;
    this.#sumOfSquares = 0;
    this.#highest = this.#value;
    return { average, deviation, highest, smoothed: this.#smoothed };
  }

  #advance(nowMs: number): void {
    const elapsedMs = nowMs - this.#sinceMs;
    this.#sum += this.#value * elapsedMs;
    this.#sumOfSquares += this.#value * this.#value * elapsedMs;
    this.#sinceMs = nowMs;
  }
}
