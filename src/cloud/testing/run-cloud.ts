/** A small world for tests of cloud controllers: an API server that is a few maps, a virtual clock, and the provider of the test. */
import type { KubeObject } from '../../api/kind.ts';
import type { AnyResource } from '../../api/resource.ts';
import { virtualClock, type VirtualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import { runController, type Controller } from '../../client/controller.ts';
import { MemoryClient } from '../../client/memory-client.ts';
import { MemoryServer } from '../../client/memory-server.ts';
import { createInformers } from '../../client/shared-informers.ts';

export interface CloudWorld {
  readonly server: MemoryServer;
  readonly client: MemoryClient;
  readonly clock: VirtualClock;
  /** `Type Reason message`, in the order in which they were told. */
  readonly events: string[];
  /** Lets controllers work until the condition holds. @throws when it does not within a bounded number of turns. */
  until(condition: () => boolean): Promise<void>;
  /** Lets controllers work until nothing has changed for a while. */
  quiet(): Promise<void>;
  get<T extends KubeObject>(resource: AnyResource, name: string, namespace?: string): T;
}

const turnsMax = 2000;
const quietTurns = 50;

/** `left`: the server of an earlier run. @throws what the test throws, after the controller has ended. */
export async function runCloud(
  makeController: (world: CloudWorld) => Controller,
  test: (world: CloudWorld) => Promise<void>,
  left?: MemoryServer,
): Promise<void> {
  const abort = new AbortController();
  const { signal } = abort;
  const clock = virtualClock();
  const server = left ?? new MemoryServer(clock);
  const client = new MemoryClient(server);
  const events: string[] = [];
  const context = { client, clock, random: seededRandom(1), log: silentLog };
  const informers = createInformers({ ...context, signal });
  const until = async (condition: () => boolean): Promise<void> => {
    for (let turn = 0; !condition(); turn++) {
      if (turn === turnsMax) throw new Error(`The cloud did not get there: ${String(condition)}; ${events.join(', ')}`);
      await turnOf(clock);
    }
  };
  const quiet = async (): Promise<void> => {
    let before = -1;
    for (let still = 0; still < quietTurns;) {
      const now = server.version + events.length;
      still = now === before ? still + 1 : 0;
      before = now;
      await turnOf(clock);
    }
  };
  const get = <T extends KubeObject>(resource: AnyResource, name: string, namespace?: string): T =>
    server.get(resource, { name, namespace }) as KubeObject as T;
  const world: CloudWorld = { server, client, clock, events, until, quiet, get };
  const recordEvent = (_: string, __: unknown, event: { type: string; reason: string; message: string }): void =>
    void events.push(`${event.type} ${event.reason} ${event.message}`);
  const running = runController(signal, { ...context, informers, recordEvent }, makeController(world));
  try {
    await test(world);
  } finally {
    abort.abort();
    await running;
    await informers.whenEnded();
  }
}

async function turnOf(clock: VirtualClock): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(1);
}
