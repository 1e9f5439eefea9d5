/** A few controllers over a MemoryApi, on a virtual clock, until the test has ended. */
import assert from 'node:assert/strict';
import type { KubeObject } from '../../api/kind.ts';
import { virtualClock, type VirtualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import type { Client } from '../../client/client.ts';
import { createInformers } from '../../client/shared-informers.ts';
import { runController, type Controller, type EventNote } from '../controller.ts';
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

const turnsMax = 4000;
const quietTurns = 50;
const idleStepMs = 20;

/** @throws what the test throws, after all controllers have ended. */
export async function runCluster(
  controllers: readonly Controller[],
  test: (cluster: TestCluster) => Promise<void>,
): Promise<void> {
  const clock = virtualClock();
  const api = new MemoryApi(clock);
  const events: string[] = [];
  const running = startControllers({ client: api, clock, events }, controllers);
  try {
    await test(clusterOver(api, clock, events));
    assert.deepEqual(api.refusals, [], 'controllers wrote statuses that the server refuses');
  } finally {
    await running.stop();
  }
}

export interface ControllersWorld {
  readonly client: Client;
  readonly clock: VirtualClock;
  /** Where `reason message` of each event goes. */
  readonly events: string[];
}

/** Controllers with copies of their own, as one process has them. `stop` resolves when all have ended. */
export function startControllers(
  { client, clock, events }: ControllersWorld,
  controllers: readonly Controller[],
): { stop(): Promise<void> } {
  const abort = new AbortController();
  const context = { client, clock, random: seededRandom(1), log: silentLog };
  const informers = createInformers({ ...context, signal: abort.signal });
  const recordEvent = (_source: string, _object: KubeObject, { reason, message }: EventNote) =>
    void events.push(`${reason} ${message}`);
  const running = controllers.map((controller) =>
    runController(abort.signal, { ...context, informers, recordEvent }, controller),
  );
  return {
    async stop() {
      abort.abort();
      await Promise.all(running);
      await informers.whenEnded();
    },
  };
}

/** `unsettled`: something outside the API is still under way, so that it is not quiet yet. */
export function clusterOver(
  api: MemoryApi,
  clock: VirtualClock,
  events: readonly string[],
  unsettled: () => boolean = () => false,
): TestCluster {
  return {
    api,
    clock,
    events,
    async until(condition) {
      for (let turn = 0; !condition(); turn++) {
        if (turn === turnsMax) {
          throw new Error(`The cluster did not get there in ${turnsMax} turns: ${String(condition)}`);
        }
        await turnOf(clock);
      }
    },
    async quiet() {
      let before = -1;
      let still = 0;
      for (let turn = 0; still < quietTurns || unsettled(); turn++) {
        if (turn === turnsMax) throw new Error(`The cluster did not come to rest in ${turnsMax} turns`);
        still = api.version === before ? still + 1 : 0;
        before = api.version;
        // Nothing but time is waited for.
        await turnOf(clock, still > quietTurns ? idleStepMs : 1);
      }
    },
  };
}

async function turnOf(clock: VirtualClock, byMs = 1): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(byMs);
}
