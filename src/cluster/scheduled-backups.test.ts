import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { virtualClock, type Clock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { takeScheduledBackups } from './scheduled-backups.ts';

const minute = 60_000;

async function start(context: TestContext, existing: readonly string[] = []) {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-scheduled-'));
  for (const file of existing) await writeFile(join(directory, file), '');
  const time = virtualClock(Date.UTC(2026, 0, 1));
  const state = { asleep: false };
  const clock: Clock = {
    now: time.now,
    after(delayMs, callback) {
      state.asleep = true;
      return time.after(delayMs, () => {
        state.asleep = false;
        callback();
      });
    },
  };
  const controller = new AbortController();
  const taken: string[] = [];
  let refusal: Error | undefined;
  const running = takeScheduledBackups({
    schedule: { directory, intervalMs: 60 * minute, keep: 2 },
    clock,
    log: silentLog,
    signal: controller.signal,
    async backUp(path) {
      taken.push(path.slice(directory.length + 1));
      if (refusal !== undefined) throw refusal;
      await writeFile(path, 'backup');
    },
  });
  context.after(async () => {
    controller.abort();
    await running;
    await rm(directory, { recursive: true });
  });
  const untilAsleep = async (): Promise<void> => {
    for (let turns = 0; !state.asleep; turns += 1) {
      assert.ok(turns < 1_000_000, 'the backup does not end');
      await nextTurn();
    }
  };
  /** Lets minutes pass one by one, and what becomes due in each happen. */
  const pass = async (minutes: number): Promise<void> => {
    await untilAsleep();
    for (let passed = 0; passed < minutes; passed += 1) {
      time.advance(minute);
      await untilAsleep();
    }
  };
  const files = async (): Promise<readonly string[]> => (await readdir(directory)).toSorted();
  return { pass, taken, files, refuse: (error: Error | undefined) => (refusal = error) };
}

test('takeScheduledBackups() takes one at once, then one an interval, and removes the oldest of its own', async (context) => {
  const other = 'notes.txt';
  const { pass, files, taken } = await start(context, [other]);
  await pass(0);
  assert.deepEqual(taken, ['slipway-2026-01-01T00-00-00Z.backup']);
  await pass(130);
  assert.equal(taken.length, 3);
  assert.deepEqual(await files(), [other, ...taken.slice(-2)]);
});

test('takeScheduledBackups() waits for what is left of the interval after a restart', async (context) => {
  const { pass, taken } = await start(context, ['slipway-2025-12-31T23-30-00Z.backup']);
  await pass(20);
  assert.deepEqual(taken, []);
  await pass(20);
  assert.equal(taken.length, 1);
});

test('takeScheduledBackups() takes one when the newest comes from the future', async (context) => {
  const { pass, taken } = await start(context, ['slipway-2031-01-01T00-00-00Z.backup']);
  await pass(0);
  assert.equal(taken.length, 1);
});

test('takeScheduledBackups() tries again soon when a backup fails', async (context) => {
  const { pass, refuse, taken } = await start(context);
  refuse(new Error('disk full'));
  await pass(3);
  const tried = taken.length;
  assert.ok(tried >= 2);
  refuse(undefined);
  await pass(2);
  assert.equal(taken.length, tried + 1);
});
