/**
 * How long a request may take: the server's limit, or less when its client asks for less by `?timeout=`.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
import { ApiError } from '../api/api-error.ts';
import { parseDuration } from '../api/duration.ts';
import type { Clock } from '../base/clock.ts';
import { isMutating } from './request-limits.ts';
import type { ApiRequest } from './request.ts';

/** Writes give up before their clients do. */
const maxWriteMs = 34_000;

/** @throws ApiError BadRequest for a duration that cannot be read. */
export function timeoutOf({ query, info }: ApiRequest, limitMs: number): number {
  const asked = query.get('timeout') ?? '';
  const askedMs = asked === '' ? 0 : readTimeout(asked);
  const timeoutMs = askedMs > 0 && askedMs < limitMs ? askedMs : limitMs;
  return info.resource !== undefined && isMutating(info) ? Math.min(timeoutMs, maxWriteMs) : timeoutMs;
}

function readTimeout(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ApiError('BadRequest', `invalid timeout specified in the request URL - ${why}`);
  }
}

/** What a client is told whose time is over. */
export function timeoutError({ info }: ApiRequest): ApiError {
  const write = info.resource !== undefined && isMutating(info);
  const why = write
    ? 'request did not complete within requested timeout - context deadline exceeded'
    : 'request did not complete within the allotted timeout';
  return new ApiError('Timeout', `Timeout: ${why}`, {});
}

/** How often requests under way are looked through for those whose time is over. */
const lookEveryMs = 1000;

interface Open {
  readonly dueMs: number;
  readonly giveUp: () => void;
}

/**
 * The time limits of all requests under way. A timer for each would cost as much as the rest of a small request, so one
 * timer looks through all of them every second; only who asks for a short time gets a timer.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #open = new Set<Open>();
  #cancelLook: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The work's result, or a rejection with `late()` when it takes longer; then the work goes on and nobody waits for it. */
  limit<T>(timeoutMs: number, work: Promise<T>, late: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => reject(late());
      const leave =
        timeoutMs < 10 * lookEveryMs ? this.#clock.after(timeoutMs, giveUp) : this.#enter(timeoutMs, giveUp);
      work.then(resolve, reject).finally(leave);
    });
  }

  close(): void {
    this.#cancelLook?.();
  }

  #enter(timeoutMs: number, giveUp: () => void): () => void {
    const open = { dueMs: this.#clock.now() + timeoutMs, giveUp };
    this.#open.add(open);
    this.#cancelLook ??= this.#clock.after(lookEveryMs, this.#look);
    return () => this.#open.delete(open);
  }

  readonly #look = (): void => {
    this.#cancelLook = this.#open.size === 0 ? undefined : this.#clock.after(lookEveryMs, this.#look);
    const now = this.#clock.now();
    for (const open of this.#open) {
      if (open.dueMs > now) continue;
      this.#open.delete(open);
      open.giveUp();
    }
  };
}
