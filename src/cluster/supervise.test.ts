import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { virtualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { seededRandom } from '../base/random.ts';
import { createSupervisor, keepRunning, type Part } from './supervise.ts';

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

test('keepRunning() starts a failing part again after growing delays', async () => {
  const clock = virtualClock();
  const startedAt: number[] = [];
  const part: Part = {
    name: 'scheduler',
    run: () => {
      startedAt.push(clock.now());
      return Promise.reject(new Error('no luck'));
    },
  };
  const controller = new AbortController();
  const ended = keepRunning(part, controller.signal, { clock, random: seededRandom(1), log: silentLog });
  for (let second = 0; second < 120; second++) {
    await turn();
    clock.advance(1000);
  }
  controller.abort();
  await ended;
  const gaps = startedAt.slice(1).map((at, index) => at - (startedAt[index] ?? 0));
  assert.ok(gaps.length >= 5, String(gaps));
  assert.deepEqual(
    gaps,
    gaps.toSorted((a, b) => a - b),
  );
  assert.ok(Math.max(...gaps) <= 31_000, String(gaps));
});

test('keepRunning() ends with its part when the signal aborts', async () => {
  let ended = false;
  const part: Part = {
    name: 'proxy',
    async run(signal) {
      await untilAborted(signal);
      await turn();
      ended = true;
    },
  };
  const controller = new AbortController();
  const running = keepRunning(part, controller.signal, {
    clock: virtualClock(),
    random: seededRandom(1),
    log: silentLog,
  });
  controller.abort();
  await running;
  assert.equal(ended, true);
});

test('stop() ends the newest part first and waits for each', async () => {
  const events: string[] = [];
  const supervisor = createSupervisor({ clock: virtualClock(), random: seededRandom(1), log: silentLog });
  for (const name of ['store', 'apiserver', 'kubelet']) {
    supervisor.start({
      name,
      async run(signal) {
        await untilAborted(signal);
        events.push(`${name} stops`);
        await turn();
        events.push(`${name} stopped`);
      },
    });
  }
  await Promise.all([supervisor.stop(), supervisor.stop()]);
  assert.deepEqual(events, [
    'kubelet stops',
    'kubelet stopped',
    'apiserver stops',
    'apiserver stopped',
    'store stops',
    'store stopped',
  ]);
});
