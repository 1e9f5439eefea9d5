/** Lets so many of a kind of work run at once; the rest waits for its turn, in order. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  #first = 0;

  constructor(limit: number) {
    this.#free = limit;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length - this.#first;
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  /** The turn goes from one to the next without becoming free between. */
  #next(): void {
    const next = this.#waiting[this.#first];
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#first++;
    if (this.#first > 1000 && this.#first * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#first);
      this.#first = 0;
    }
    next();
  }
}
