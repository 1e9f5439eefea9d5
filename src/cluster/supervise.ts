/**
 * Keeps the parts of a process running and ends them in order.
 *
 * A part that fails starts again after a growing delay, as a crashed static pod would; the others go on. Parts are
 * started in stages (whoever is needed first comes first) and ended stage by stage in the opposite order, so that the
 * last words of each still find a reader.
 */
import { backoffDelay, type Backoff } from '../base/backoff.ts';
import { sleep, type Clock } from '../base/clock.ts';
import { errorText, type Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';

export interface Part {
  readonly name: string;
  /** Ends when the signal aborts and everything it started has ended; rejects when it cannot go on. */
  run(signal: AbortSignal): Promise<void>;
}

export interface SuperviseContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const restartBackoff: Backoff = { baseMs: 500, maxMs: 30_000, jitter: 0.2 };
/** Who ran this long before it failed starts again at once. */
const settledAfterMs = 60_000;

/** Runs the part until the signal aborts, starting it again whenever it ends before. */
export async function keepRunning(part: Part, signal: AbortSignal, context: SuperviseContext): Promise<void> {
  const { clock, log } = context;
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = clock.now();
    const reason = await endOf(part, signal);
    if (signal.aborted) {
      if (reason !== undefined) log.warn(`${part.name} did not end cleanly`, { reason });
      return;
    }
    failures = clock.now() - startedAt >= settledAfterMs ? 1 : failures + 1;
    const delayMs = Math.round(backoffDelay(restartBackoff, failures, context.random));
    log.error(`${part.name} ended, starting it again`, { reason: reason ?? 'it returned', delayMs });
    await sleep(clock, delayMs, signal);
  }
}

async function endOf(part: Part, signal: AbortSignal): Promise<string | undefined> {
  try {
    await part.run(signal);
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}

export interface Supervisor {
  /** Starts a part as the newest stage. */
  start(part: Part): void;
  /** Ends the newest stage, then the one before, up to the first. Idempotent; resolves when all have ended. */
  stop(): Promise<void>;
}

export function createSupervisor(context: SuperviseContext): Supervisor {
  const stages: { readonly controller: AbortController; readonly ended: Promise<void> }[] = [];
  let stopping: Promise<void> | undefined;

  async function stopAll(): Promise<void> {
    for (let stage = stages.pop(); stage !== undefined; stage = stages.pop()) {
      stage.controller.abort();
      await stage.ended;
    }
  }

  return {
    start(part) {
      if (stopping !== undefined) return;
      const controller = new AbortController();
      stages.push({ controller, ended: keepRunning(part, controller.signal, context) });
    },
    stop: () => (stopping ??= stopAll()),
  };
}
