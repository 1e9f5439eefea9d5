/**
 * Quantiles of what was observed lately. Values fall into buckets whose bounds grow by a tenth, so a quantile is right
 * within five hundredths of itself; what is older than the period is forgotten half a period at a time.
 */
const lowest = 1e-6;
const growth = Math.log(1.1);
/** Up to about a quarter of an hour, where the values are seconds. */
const bucketCount = 220;

export class Summary {
  sum = 0;
  count = 0;
  #now = new Uint32Array(bucketCount);
  #before = new Uint32Array(bucketCount);
  #turnedMs: number | undefined;
  readonly #halfMs: number;

  constructor(periodMs: number) {
    this.#halfMs = periodMs / 2;
  }

  /** `nowMs`: of any clock that does not go back. */
  observe(value: number, nowMs: number): void {
    this.#turnedMs ??= nowMs;
    if (nowMs - this.#turnedMs > this.#halfMs) this.#turn(nowMs);
    const place = value <= lowest ? 0 : Math.ceil(Math.log(value / lowest) / growth);
    const index = Math.min(place, bucketCount - 1);
    this.#now[index] = (this.#now[index] as number) + 1;
    this.sum += value;
    this.count++;
  }

  /** The value that the part `rank` of all observed ones does not exceed; NaN when nothing was observed lately. */
  quantile(rank: number): number {
    let total = 0;
    for (let index = 0; index < bucketCount; index++) total += this.#at(index);
    if (total === 0) return NaN;
    let seen = 0;
    for (let index = 0; index < bucketCount; index++) {
      seen += this.#at(index);
      if (seen >= rank * total) return lowest * Math.exp(growth * Math.max(index - 0.5, 0));
    }
    return NaN;
  }

  #at(index: number): number {
    return (this.#now[index] as number) + (this.#before[index] as number);
  }

  #turn(nowMs: number): void {
    const long = nowMs - (this.#turnedMs as number) > 2 * this.#halfMs;
    this.#before = long ? new Uint32Array(bucketCount) : this.#now;
    this.#now = new Uint32Array(bucketCount);
    this.#turnedMs = nowMs;
  }
}
