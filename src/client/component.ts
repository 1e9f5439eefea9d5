/**
 * The shape of every component: `runX(signal, context, options)`. It starts at once, ends when the signal aborts and all
 * that it started has ended, and rejects only when it cannot go on. Which components share a thread, a process or a
 * machine is decided in cluster/ alone.
 */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Client } from './client.ts';

export interface ComponentContext {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}
