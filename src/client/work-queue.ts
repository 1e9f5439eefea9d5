/**
 * The queue of keys behind every controller. A key is an invitation to look at an object again, never an event:
 *
 *   add ──▶ waiting ──▶ processing ──▶ done
 *              ▲            │ added meanwhile, failed (backoff), or asked to come back later
 *              └────────────┘
 *
 * A key waits at most once, and is never processed twice at a time: what is added while it is being processed waits
 * until that run has ended. So memory is bounded by the number of distinct keys, and work by `workers`.
 * A run that throws comes again after a growing delay; a run that succeeds resets the delay.
 */
import { isApiError } from '../api/api-error.ts';
import { backoffDelay, type Backoff } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { errorText, type Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';

/** Looks at one key. Throwing means: again, with backoff; `afterMs` in the answer means: again then. */
export type Worker = (key: string, signal: AbortSignal) => Promise<WorkResult>;
export type WorkResult = {
  readonly afterMs: number;
  /** The key was not worked on: its backoff stays what it was. */
  readonly untried?: true;
} | void;

/** Told of what goes through a queue, by whom that is counted. */
export interface WorkQueueObserver {
  /** A key began to wait. */
  added(depth: number): void;
  /** A worker took the key after `waitedMs`. */
  taken(depth: number, waitedMs: number): void;
  ended(tookMs: number): void;
  retried(): void;
}

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Keys processed at the same time; default: 1. */
  readonly workers?: number;
  /** Default: 5 ms doubling to 1000 s, as Kubernetes' controllers do. */
  readonly backoff?: Backoff;
  readonly observer?: WorkQueueObserver | undefined;
}

const controllerBackoff: Backoff = { baseMs: 5, maxMs: 1_000_000, jitter: 0.2 };

interface Delayed {
  readonly dueMs: number;
  readonly cancel: () => void;
}

export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #workers: number;
  /** In the order of arrival, with its time. */
  readonly #waiting = new Map<string, number>();
  /** Since when. */
  readonly #processing = new Map<string, number>();
  /** Added while being processed. */
  readonly #dirty = new Set<string>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  #running: { readonly signal: AbortSignal; readonly worker: Worker; readonly ended: () => void } | undefined;
  #dispatching = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#workers = options.workers ?? 1;
  }

  /** Keys ready to be processed. */
  get depth(): number {
    return this.#waiting.size + this.#dirty.size;
  }

  /** Keys that a worker holds now. */
  get processing(): number {
    return this.#processing.size;
  }

  /** Since when workers have been at what they hold now. */
  processingSinceMs(): readonly number[] {
    return [...this.#processing.values()];
  }

  /** Keys whose time has not come. */
  get delayed(): number {
    return this.#delayed.size;
  }

  /** How often the key failed in a row. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  add(key: string): void {
    if (this.#processing.has(key)) {
      this.#dirty.add(key);
      return;
    }
    this.#wait(key);
    this.#dispatchSoon();
  }

  #wait(key: string): void {
    if (this.#waiting.has(key)) return;
    this.#waiting.set(key, this.#options.clock.now());
    this.#options.observer?.added(this.depth);
  }

  /** Adds the key when the time has passed. Of several such calls the earliest counts. */
  addAfter(key: string, delayMs: number): void {
    if (delayMs <= 0) return this.add(key);
    const dueMs = this.#options.clock.now() + delayMs;
    const pending = this.#delayed.get(key);
    if (pending !== undefined && pending.dueMs <= dueMs) return;
    pending?.cancel();
    const cancel = this.#options.clock.after(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { dueMs, cancel });
  }

  /** Adds the key after its backoff, which grows with each call until `forget`. */
  addRateLimited(key: string): void {
    const { backoff = controllerBackoff, random } = this.#options;
    const failures = this.failures(key) + 1;
    this.#failures.set(key, failures);
    this.addAfter(key, backoffDelay(backoff, failures, random));
  }

  /** Resets the backoff of the key. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /**
   * Processes keys until the signal aborts; resolves when the runs under way have ended. Keys may be added before.
   * A queue runs once.
   */
  run(signal: AbortSignal, worker: Worker): Promise<void> {
    if (this.#running !== undefined) throw new Error('Cannot run the work queue: it runs already');
    return new Promise((resolve) => {
      this.#running = { signal, worker, ended: resolve };
      if (signal.aborted) return this.#endWhenIdle();
      signal.addEventListener('abort', () => this.#endWhenIdle(), { once: true });
      this.#dispatchSoon();
    });
  }

  /** After the caller's own work: a burst of additions is taken in first. */
  #dispatchSoon(): void {
    if (this.#dispatching || this.#running === undefined || this.#waiting.size === 0) return;
    this.#dispatching = true;
    queueMicrotask(() => {
      this.#dispatching = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    const running = this.#running;
    if (running === undefined || running.signal.aborted) return;
    const { clock, observer } = this.#options;
    for (const [key, sinceMs] of this.#waiting) {
      if (this.#processing.size >= this.#workers) return;
      const nowMs = clock.now();
      this.#waiting.delete(key);
      this.#processing.set(key, nowMs);
      observer?.taken(this.depth, nowMs - sinceMs);
      void this.#process(key, running.worker, running.signal);
    }
  }

  async #process(key: string, worker: Worker, signal: AbortSignal): Promise<void> {
    try {
      const result = await worker(key, signal);
      if (result?.untried !== true) this.forget(key);
      if (result !== undefined && !signal.aborted) this.addAfter(key, result.afterMs);
    } catch (error) {
      if (!signal.aborted) this.#retry(key, error);
    }
    const { clock, observer } = this.#options;
    observer?.ended(clock.now() - (this.#processing.get(key) ?? 0));
    this.#processing.delete(key);
    if (this.#dirty.delete(key)) this.#wait(key);
    if (signal.aborted) this.#endWhenIdle();
    else this.#dispatchSoon();
  }

  #retry(key: string, error: unknown): void {
    this.#options.observer?.retried();
    this.addRateLimited(key);
    const fields = { key, failures: this.failures(key), error: errorText(error) };
    // Somebody else wrote the object first: the next look is at the newer one, nothing is wrong.
    if (isApiError(error, 'Conflict')) this.#options.log.debug('Looks again after a conflict', fields);
    else this.#options.log.warn('Cannot process the key, trying again', fields);
  }

  #endWhenIdle(): void {
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    if (this.#processing.size === 0) this.#running?.ended();
  }
}
