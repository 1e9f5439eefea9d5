/**
 * Answers leave in bursts: those that became ready in one turn of the event loop are written together at its end, or
 * as soon as there are `burst` of them.
 *
 *   read, read, read ─▶ answer, answer, answer ─▶ write, write, write
 *
 * Whoever reads an answer is woken by its write, and waking a sleeping reader costs the writer more than the write
 * itself. Where one process has many connections, answers that come one by one each find it asleep again; of a burst
 * only the first does. A burst is bounded so that the reader has work while the next one is in the making.
 */
export class Bursts {
  #due: (() => void)[] = [];

  /** Calls back soon, in the order of the calls. */
  add(write: () => void): void {
    const length = this.#due.push(write);
    if (length === 1) setImmediate(this.#flush);
    else if (length === burst) this.#flush();
  }

  readonly #flush = (): void => {
    const due = this.#due;
    this.#due = [];
    for (const write of due) write();
  };
}

const burst = 32;
