/**
 * Audit events taken without waiting, and handed on in batches: when `maxSize` have come together or the first of them
 * has waited for `maxWaitMs`.
 *
 * Limit: `bufferSize` events wait; further ones are dropped and counted. With throttling, at most `qps` batches a second
 * on average and `burst` at once.
 */
import type { Clock } from '../../base/clock.ts';
import type { AuditEvent, AuditSink } from './audit-event.ts';

export interface BatchOptions {
  readonly bufferSize: number;
  readonly maxSize: number;
  readonly maxWaitMs: number;
  /** Undefined: no throttling. */
  readonly throttle: { readonly qps: number; readonly burst: number } | undefined;
}

export class Batch implements AuditSink {
  readonly #options: BatchOptions;
  readonly #clock: Clock;
  readonly #next: (events: readonly AuditEvent[]) => Promise<unknown>;
  readonly #dropped: (count: number) => void;
  #waiting: AuditEvent[] = [];
  #underWay = new Set<Promise<unknown>>();
  #cancelWait: (() => void) | undefined;
  #tokens: number;
  #tokensAtMs: number;
  #closed = false;

  constructor(
    options: BatchOptions,
    clock: Clock,
    next: (events: readonly AuditEvent[]) => Promise<unknown>,
    dropped: (count: number) => void,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#next = next;
    this.#dropped = dropped;
    this.#tokens = options.throttle?.burst ?? 0;
    this.#tokensAtMs = clock.now();
  }

  process(events: readonly AuditEvent[]): boolean {
    for (const event of events) {
      if (this.#closed || this.#waiting.length >= this.#options.bufferSize) this.#dropped(1);
      else this.#waiting.push(event);
    }
    this.#consider(false);
    return true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelWait?.();
    while (this.#waiting.length > 0) this.#send();
    await Promise.all(this.#underWay);
  }

  /** Sends what is full, or what has waited long enough; otherwise looks again when that will be so. */
  #consider(waited: boolean): void {
    let due = waited;
    while (this.#waiting.length >= this.#options.maxSize || (due && this.#waiting.length > 0)) {
      const waitMs = this.#takeToken();
      if (waitMs > 0) return this.#lookAgain(waitMs);
      this.#send();
      due = false;
    }
    if (this.#waiting.length > 0 && this.#cancelWait === undefined) this.#lookAgain(this.#options.maxWaitMs);
  }

  #lookAgain(afterMs: number): void {
    this.#cancelWait?.();
    this.#cancelWait = this.#clock.after(afterMs, () => {
      this.#cancelWait = undefined;
      this.#consider(true);
    });
  }

  #send(): void {
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    const sent = this.#next(this.#waiting.splice(0, this.#options.maxSize));
    this.#underWay.add(sent);
    void sent.finally(() => this.#underWay.delete(sent)).catch(() => undefined);
  }

  /** Milliseconds until a batch may be sent; 0 = now, and it counts as sent. */
  #takeToken(): number {
    const { throttle } = this.#options;
    if (throttle === undefined) return 0;
    const now = this.#clock.now();
    const grown = this.#tokens + ((now - this.#tokensAtMs) / 1000) * throttle.qps;
    this.#tokens = Math.min(throttle.burst, grown);
    this.#tokensAtMs = now;
    if (this.#tokens < 1) return Math.max(1, Math.ceil(((1 - this.#tokens) / throttle.qps) * 1000));
    this.#tokens--;
    return 0;
  }
}
