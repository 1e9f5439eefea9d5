import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { virtualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { takeScheduledBackups } from './scheduled-backups.ts';

const minute = 60_000;

async function start(context: TestContext, existing: readonly string[] = []) {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-scheduled-'));
  for (const file of existing) await writeFile(join(directory, file), '');
  const clock = virtualClock(Date.UTC(2026, 0, 1));
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
  const until = async (count: number): Promise<void> => {
    for (let turns = 0; taken.length < count; turns += 1) {
      assert.ok(turns < 100_000, `only ${taken.length} of ${count} backups were taken`);
      await nextTurn();
    }
  };
  const files = async (count: number): Promise<readonly string[]> => {
    for (let turns = 0; turns < 10_000; turns += 1) {
      const found = (await readdir(directory)).toSorted();
      if (found.length === count) return found;
      await nextTurn();
    }
    return await readdir(directory);
  };
  return { clock, taken, until, files, refuse: (error: Error | undefined) => (refusal = error) };
}

/** Moves the clock minute by minute, and lets what became due happen. */
async function pass(clock: ReturnType<typeof virtualClock>, minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 1) {
    clock.advance(minute);
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
  }
}

test('takeScheduledBackups() takes one at once, then one an interval, and removes the oldest of its own', async (context) => {
  const other = 'notes.txt';
  const { clock, until, files, taken } = await start(context, [other]);
  await until(1);
  assert.deepEqual(taken, ['slipway-2026-01-01T00-00-00Z.backup']);
  await pass(clock, 130);
  await until(3);
  assert.deepEqual(await files(3), [other, ...taken.slice(-2)]);
});

test('takeScheduledBackups() waits for what is left of the interval after a restart', async (context) => {
  const { clock, until, taken } = await start(context, ['slipway-2025-12-31T23-30-00Z.backup']);
  await pass(clock, 20);
  assert.deepEqual(taken, []);
  await pass(clock, 20);
  await until(1);
});

test('takeScheduledBackups() takes one when the newest comes from the future', async (context) => {
  const { until } = await start(context, ['slipway-2031-01-01T00-00-00Z.backup']);
  await until(1);
});

test('takeScheduledBackups() tries again soon when a backup fails', async (context) => {
  const { clock, until, refuse, taken } = await start(context);
  refuse(new Error('disk full'));
  await until(1);
  await pass(clock, 3);
  assert.ok(taken.length >= 2);
  refuse(undefined);
  const tried = taken.length;
  await pass(clock, 2);
  await until(tried + 1);
});
