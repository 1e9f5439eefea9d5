/**
 * What a refused client is told to wait, in seconds: one at first, twice as long when refusals go on, less again when
 * they cease.
 */
const maxSeconds = 32;

export class RetryAfter {
  /** Refusals by second, the oldest first; those of the current one are not judged yet. */
  #seconds: { readonly second: number; refused: number }[] = [];
  #wait = 1;
  #raisedAt = 0;

  get seconds(): number {
    return this.#wait;
  }

  /** A request was refused. */
  refused(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    const last = this.#seconds.at(-1);
    if (last?.second === second) {
      last.refused++;
      return;
    }
    this.#judge(second);
    this.#seconds.push({ second, refused: 1 });
  }

  #judge(second: number): void {
    this.#seconds = this.#seconds.filter((past) => second - past.second <= maxSeconds);
    const recent = this.#seconds.filter((past) => second - past.second <= this.#wait);
    const refused = recent.reduce((sum, past) => sum + past.refused, 0);
    if (refused >= 3 * this.#wait && second - this.#raisedAt >= this.#wait) {
      this.#wait = Math.min(2 * this.#wait, maxSeconds);
      this.#raisedAt = second;
    } else if (refused < this.#wait && this.#wait > 1) this.#wait--;
  }
}
