/**
 * How long requests last: each until its client has gone, those that run long until the server begins to stop, and all
 * until it stops.
 *
 * An AbortSignal costs more than all else about a small request, and most requests are answered before anybody asks for
 * theirs. So it is made when it is asked for, and only those that were made are kept to be aborted.
 */
export class Lifetimes {
  /** Those whose signal was asked for. */
  readonly #asked = new Set<Lifetime>();
  #short = 0;
  #stopped: 'no' | 'long' | 'all' = 'no';
  #settled: (() => void) | undefined;

  get stopping(): boolean {
    return this.#stopped !== 'no';
  }

  begin(): Lifetime {
    this.#short++;
    return new Lifetime(this);
  }

  /** Aborts the requests that run long, and each such that is yet to come. */
  stopLong(): void {
    this.#stopped = 'long';
    for (const lifetime of this.#asked) if (lifetime.long) lifetime.abort();
  }

  /** Resolves when no request is left but those that run long, at the latest after `graceMs`. */
  settled(graceMs: number): Promise<void> {
    if (this.#short === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#settled = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Aborts all requests, and each that is yet to come. */
  stop(): void {
    this.#stopped = 'all';
    for (const lifetime of this.#asked) lifetime.abort();
    this.#asked.clear();
  }

  /** For Lifetime alone. */
  asked(lifetime: Lifetime): void {
    if (this.#stopped === 'all' || (this.#stopped === 'long' && lifetime.long)) lifetime.abort();
    else this.#asked.add(lifetime);
  }

  /** For Lifetime alone: one more or one less that does not run long. */
  countShort(by: 1 | -1): void {
    this.#short += by;
    if (this.#short === 0) this.#settled?.();
  }

  /** For Lifetime alone. */
  remove(lifetime: Lifetime): void {
    this.#asked.delete(lifetime);
  }
}

export class Lifetime {
  readonly #all: Lifetimes;
  #controller: AbortController | undefined;
  #over = false;
  #long = false;

  constructor(all: Lifetimes) {
    this.#all = all;
  }

  /** Told once it is known what is asked. */
  get long(): boolean {
    return this.#long;
  }

  set long(long: boolean) {
    if (long === this.#long || this.#over) return;
    this.#long = long;
    this.#all.countShort(long ? -1 : 1);
  }

  /** The server is about to stop. */
  get stopping(): boolean {
    return this.#all.stopping;
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
      else this.#all.asked(this);
    }
    return this.#controller.signal;
  }

  /** For Lifetimes alone. */
  abort(): void {
    this.#controller?.abort();
  }

  /** Any number of times. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    if (!this.#long) this.#all.countShort(-1);
    if (this.#controller === undefined) return;
    this.#all.remove(this);
    this.#controller.abort();
  }
}
