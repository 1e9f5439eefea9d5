/**
 * How long requests last: each until its client has gone, all until the server stops.
 *
 * An AbortSignal costs more than all else about a small request, and most requests are answered before anybody asks for
 * theirs. So it is made when it is asked for, and only those that were made are kept to be aborted.
 */
export class Lifetimes {
  readonly #asked = new Set<AbortController>();
  #stopped = false;

  begin(): Lifetime {
    return new Lifetime(this);
  }

  /** Aborts all requests, and each that is yet to come. */
  stop(): void {
    this.#stopped = true;
    for (const controller of this.#asked) controller.abort();
    this.#asked.clear();
  }

  /** For Lifetime alone. */
  add(controller: AbortController): void {
    if (this.#stopped) controller.abort();
    else this.#asked.add(controller);
  }

  /** For Lifetime alone. */
  remove(controller: AbortController): void {
    this.#asked.delete(controller);
  }
}

export class Lifetime {
  readonly #all: Lifetimes;
  #controller: AbortController | undefined;
  #over = false;

  constructor(all: Lifetimes) {
    this.#all = all;
  }

  /** The answer is sent, or the client has gone. */
  get over(): boolean {
    return this.#over;
  }

  /** Aborts when the request is over or the server stops. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#over) this.#controller.abort();
      else this.#all.add(this.#controller);
    }
    return this.#controller.signal;
  }

  end(): void {
    this.#over = true;
    if (this.#controller === undefined) return;
    this.#all.remove(this.#controller);
    this.#controller.abort();
  }
}
