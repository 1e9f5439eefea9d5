/**
 * Plays one story again and again, each time with one thing going wrong at one write of the controllers (faults.ts): at the
 * first, the second, … until a run has no further write. Controllers that are cut come back with empty copies, as a new
 * process. Every run must end as the one in which nothing went wrong, and must have made and removed no object more.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock } from '../../base/clock.ts';
import type { Controller } from '../controller.ts';
import { faults, FaultyLine, type Fault } from './faults.ts';
import { finalState } from './final-state.ts';
import { MemoryApi } from './memory-api.ts';
import { startControllers, clusterOver, type TestCluster } from './run-cluster.ts';

export interface Story {
  /** Those to which it happens. */
  readonly controllers: readonly Controller[];
  /** Others, for whom all goes well. */
  readonly beside?: readonly Controller[];
  /** Ends at rest. */
  readonly play: (cluster: TestCluster) => Promise<void>;
  /** Default: all. */
  readonly faults?: readonly Fault[];
  /** Objects that may be made once more than needed, and removed again, when an answer is lost; `plural`s. */
  readonly mayRepeat?: readonly string[];
}

interface Outcome {
  readonly state: readonly string[];
  /** How many objects of each resource were made and removed. */
  readonly made: Readonly<Record<string, number>>;
  readonly removed: Readonly<Record<string, number>>;
  /** Whether there was a write at which something could go wrong. */
  readonly faulted: boolean;
}

const writesMax = 400;
/** How long nobody runs the controllers after a cut. */
const downMs = 10;

/** One test a fault. */
export function testCuts(title: string, story: Story): void {
  for (const fault of story.faults ?? faults) {
    test(`${title}: ${fault} at every write`, async () => {
      const expected = await play(story, undefined);
      for (let write = 1; ; write++) {
        assert.ok(write < writesMax, `the story has more than ${writesMax} writes`);
        const actual = await play(story, { fault, write }).catch((cause: unknown) => {
          throw new Error(`${fault} at write ${write}: the story could not be told`, { cause });
        });
        if (!actual.faulted) {
          assert.ok(write > 1, 'the story has no write');
          return;
        }
        const at = `${fault} at write ${write}`;
        assert.deepEqual(actual.state, expected.state, `${at}: the end is another`);
        if (story.mayRepeat === undefined) {
          assert.deepEqual(actual.made, expected.made, `${at}: made`);
          assert.deepEqual(actual.removed, expected.removed, `${at}: removed`);
        }
      }
    });
  }
}

async function play(story: Story, at: { readonly fault: Fault; readonly write: number } | undefined): Promise<Outcome> {
  const clock = virtualClock();
  const api = new MemoryApi(clock);
  const events: string[] = [];
  const beside = startControllers({ client: api, clock, events }, story.beside ?? []);
  let down = false;
  let running: { stop(): Promise<void> };
  let ended: Promise<void> = Promise.resolve();
  const start = (client: TestCluster['api'] | ReturnType<FaultyLine['client']>): void => {
    running = startControllers({ client, clock, events }, story.controllers);
  };
  const line =
    at === undefined
      ? undefined
      : new FaultyLine(api, clock, at, () => {
          down = true;
          ended = running.stop();
          clock.after(downMs, () => {
            down = false;
            start(api);
          });
        });
  running = startControllers({ client: line?.client() ?? api, clock, events }, story.controllers);
  try {
    await story.play(clusterOver(api, clock, events, () => down || line?.unsettled === true));
    assert.deepEqual(api.refusals, [], 'controllers wrote statuses that the server refuses');
    return { state: finalState(api.everything()), ...api.counts(), faulted: line?.happened ?? false };
  } finally {
    await ended;
    await running.stop();
    await beside.stop();
  }
}
