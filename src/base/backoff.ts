/** Growing delays between attempts, spread by chance so that many clients do not come back at the same moment. */
import type { Random } from './random.ts';

export interface Backoff {
  /** Delay after the first failure. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** The delay grows by this factor with each failure; default: 2. */
  readonly factor?: number;
  /** The part of the delay that chance may add: 0.2 = up to a fifth more, never beyond `maxMs`. */
  readonly jitter: number;
}

/** Milliseconds to wait after that many failures in a row (1 = the first). */
export function backoffDelay(backoff: Backoff, failures: number, random: Random): number {
  const { baseMs, maxMs, factor = 2, jitter } = backoff;
  const delay = baseMs * factor ** Math.max(failures - 1, 0);
  return Math.min(delay * (1 + jitter * random.next()), maxMs);
}
