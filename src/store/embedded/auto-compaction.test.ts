import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { virtualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { Retention } from './auto-compaction.ts';
import { openEmbeddedStore } from './open.ts';

const minuteMs = 60_000;

async function open(context: TestContext, retention: Retention) {
  const clock = virtualClock();
  const store = await openEmbeddedStore({ directory: ':memory:', clock, log: silentLog, retention });
  context.after(() => store.close());
  return {
    store,
    clock,
    async put(count: number): Promise<void> {
      for (let index = 0; index < count; index += 1)
        await store.transact([], [{ type: 'put', key: 'k', value: Buffer.from('x') }]);
    },
    /** What was asked for before is done then. */
    async pass(minutes: number): Promise<number> {
      clock.advance(minutes * minuteMs);
      await store.size();
      return store.compactRevision;
    },
  };
}

test('a store that keeps history for a time compacts to what was the latest so long ago', async (context) => {
  const { store, put, pass } = await open(context, { mode: 'periodic', keepMs: 5 * minuteMs });
  await put(10);
  const early = store.revision;
  assert.equal(await pass(5), 1);
  await put(10);
  assert.equal(await pass(4), 1);
  assert.equal(await pass(1), early);
  const late = store.revision;
  assert.equal(await pass(5), late);
  // Nothing was written: nothing is compacted.
  assert.equal(await pass(20), late);
  await assert.rejects(store.range('k', { revision: early }), { reason: 'compacted' });
  assert.equal((await store.range('k')).entries[0]?.version, 20);
});

test('a store that keeps history for long looks once an hour', async (context) => {
  const { store, put, pass } = await open(context, { mode: 'periodic', keepMs: 150 * minuteMs });
  const revisions: number[] = [];
  for (let hour = 0; hour < 6; hour += 1) {
    await put(3);
    revisions.push(store.revision);
    await pass(60);
  }
  // After six hours: the look of three hours before, two and a half being kept.
  assert.equal(store.compactRevision, revisions[2]);
});

test('a store that keeps a number of revisions compacts all before them', async (context) => {
  const { store, put, pass } = await open(context, { mode: 'revision', keep: 7 });
  await put(5);
  assert.equal(await pass(5), 0);
  await put(20);
  assert.equal(await pass(5), store.revision - 7);
});
