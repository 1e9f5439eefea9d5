/**
 * How long a container that ended must wait before it runs again: not at all the first time, then 10 s, doubling to 5 min with
 * each run; forgotten when a run lasted 10 min.
 */
export interface CrashBackoff {
  readonly delayMs: number;
  readonly sinceMs: number;
}

const firstDelayMs = 10_000;
const longestDelayMs = 300_000;

/** Milliseconds still to wait, for a run that ended at `endedAtMs`; 0: run it now. */
export function backoffLeft(backoff: CrashBackoff | undefined, endedAtMs: number, nowMs: number): number {
  if (backoff === undefined || isForgotten(backoff, endedAtMs)) return 0;
  return Math.max(0, endedAtMs + backoff.delayMs - nowMs);
}

/** What counts from now on, when the container is run again. */
export function grownBackoff(backoff: CrashBackoff | undefined, endedAtMs: number, nowMs: number): CrashBackoff {
  if (backoff === undefined || isForgotten(backoff, endedAtMs)) return { delayMs: firstDelayMs, sinceMs: nowMs };
  return { delayMs: Math.min(2 * backoff.delayMs, longestDelayMs), sinceMs: nowMs };
}

function isForgotten(backoff: CrashBackoff, endedAtMs: number): boolean {
  return endedAtMs - backoff.sinceMs > 2 * longestDelayMs;
}
