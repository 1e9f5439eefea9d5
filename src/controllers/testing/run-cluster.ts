/** A few controllers over a MemoryApi, on a virtual clock, until the test has ended. */
import { virtualClock, type VirtualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import { createInformers } from '../../client/shared-informers.ts';
import { runController, type Controller } from '../controller.ts';
import { MemoryApi } from './memory-api.ts';

export interface TestCluster {
  readonly api: MemoryApi;
  readonly clock: VirtualClock;
  /** `reason message`, in the order in which they were told. */
  readonly events: readonly string[];
  /** Lets controllers work until the condition holds. @throws when it does not within a bounded number of turns. */
  until(condition: () => boolean): Promise<void>;
  /** Lets controllers work until nothing has changed for a while. */
  quiet(): Promise<void>;
}

const turnsMax = 2000;
const quietTurns = 50;

/** @throws what the test throws, after all controllers have ended. */
export async function runCluster(
  controllers: readonly Controller[],
  test: (cluster: TestCluster) => Promise<void>,
): Promise<void> {
  const abort = new AbortController();
  const clock = virtualClock();
  const api = new MemoryApi(clock);
  const events: string[] = [];
  const context = { client: api, clock, random: seededRandom(1), log: silentLog };
  const informers = createInformers({ ...context, signal: abort.signal });
  const recordEvent = (_: string, __: unknown, { reason, message }: { reason: string; message: string }) =>
    void events.push(`${reason} ${message}`);
  const running = controllers.map((controller) =>
    runController(abort.signal, { ...context, informers, recordEvent }, controller),
  );
  try {
    await test({ api, clock, events, until: (condition) => until(clock, condition), quiet: () => quiet(clock, api) });
  } finally {
    abort.abort();
    await Promise.all(running);
    await informers.whenEnded();
  }
}

async function until(clock: VirtualClock, condition: () => boolean): Promise<void> {
  for (let turn = 0; !condition(); turn++) {
    if (turn === turnsMax) throw new Error(`The cluster did not get there in ${turnsMax} turns: ${String(condition)}`);
    await turnOf(clock);
  }
}

async function quiet(clock: VirtualClock, api: MemoryApi): Promise<void> {
  let before = -1;
  let still = 0;
  for (let turn = 0; still < quietTurns; turn++) {
    if (turn === turnsMax) throw new Error(`The cluster did not come to rest in ${turnsMax} turns`);
    still = api.version === before ? still + 1 : 0;
    before = api.version;
    await turnOf(clock);
  }
}

async function turnOf(clock: VirtualClock): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(1);
}
