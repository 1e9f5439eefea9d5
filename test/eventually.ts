import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Default 30 s. */
  readonly withinMs?: number;
  /** Default 100 ms. */
  readonly everyMs?: number;
}

/**
 * Asks again until the attempt answers without throwing.
 * @throws what the last attempt threw, with the time that was waited.
 */
export async function eventually<Result>(
  attempt: () => Result | Promise<Result>,
  { withinMs = 30_000, everyMs = 100 }: EventuallyOptions = {},
): Promise<Result> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline)
        throw new Error(`Still so after ${withinMs / 1000} s: ${String(error)}`, { cause: error });
    }
    await delay(everyMs);
  }
}
