/** Time as the components see it: real in production, virtual in tests. All times are milliseconds since 1970, UTC. */
export interface Clock {
  now(): number;
  /** Calls back once after at least `delayMs`; returns what cancels it. Real timers do not keep the process alive. */
  after(delayMs: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, 2 ** 31 - 1));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/**
 * The time of day when the process started, and what has passed since: it neither jumps nor goes back when somebody sets
 * the machine's clock. For what must last its time, such as leases.
 */
export const steadyClock: Clock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  after: systemClock.after,
};

/**
 * Resolves after `delayMs` of the clock's time, or at once when the signal aborts. Never rejects.
 * By the system's clock it keeps the process alive, as whatever is awaited does.
 */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const hold = clock === systemClock ? setInterval(() => undefined, 2 ** 31 - 1) : undefined;
    const cancel = clock.after(delayMs, finish);
    signal?.addEventListener('abort', finish, { once: true });
    function finish(): void {
      clearInterval(hold);
      cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    }
  });
}

/** A clock that stands still until a test moves it. */
export interface VirtualClock extends Clock {
  /** Moves the clock and runs what became due, in order of time. */
  advance(byMs: number): void;
}

export function virtualClock(startMs = Date.UTC(2026, 0, 1)): VirtualClock {
  let now = startMs;
  let timers: { readonly dueMs: number; readonly callback: () => void }[] = [];
  return {
    now: () => now,
    after(delayMs, callback) {
      const timer = { dueMs: now + delayMs, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(byMs) {
      const end = now + byMs;
      for (;;) {
        const next = timers.filter((timer) => timer.dueMs <= end).toSorted((a, b) => a.dueMs - b.dueMs)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        now = next.dueMs;
        next.callback();
      }
      now = end;
    },
  };
}
