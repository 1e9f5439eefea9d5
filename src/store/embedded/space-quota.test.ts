import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { openEmbeddedStore } from './open.ts';

const quotaBytes = 1024 * 1024;
const full = { reason: 'no-space', message: 'etcdserver: mvcc: database space exceeded' };

async function folder(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-quota-'));
  context.after(() => rm(directory, { recursive: true }));
  return directory;
}

const open = (directory: string) => openEmbeddedStore({ directory, clock: systemClock, log: silentLog, quotaBytes });

test('A store that reaches its quota takes no puts until there is room and its alarm is disarmed', async (context) => {
  const directory = await folder(context);
  let store = await open(directory);
  const put = (index: number) =>
    store.transact([], [{ type: 'put', key: `/key/${index}`, value: Buffer.alloc(10_000, index) }]);
  let count = 0;
  await assert.rejects(async () => {
    for (; count < 200; count++) await put(count);
  }, full);
  assert.ok(count > 50 && count < 105, `${count} puts of 10 kB went into 1 MiB`);
  assert.deepEqual(store.alarms.raised, ['NOSPACE']);
  assert.equal(await readFile(join(directory, 'alarms'), 'utf8'), 'NOSPACE\n');
  await store.close();

  store = await open(directory);
  assert.deepEqual(store.alarms.raised, ['NOSPACE']);
  await assert.rejects(
    store.transactBy((transaction) => transaction.put('/a', Buffer.alloc(1))),
    full,
  );
  for (let index = 0; index < count; index++) {
    assert.equal((await store.transact([], [{ type: 'delete', key: `/key/${index}` }])).ok, true);
  }
  await store.compact(store.revision);
  // Pages that hold nothing are still the file's.
  store.alarms.disarm('NOSPACE');
  await assert.rejects(put(1), full);
  await store.defragment();
  await assert.rejects(put(1), full);
  store.alarms.disarm('NOSPACE');
  assert.equal((await put(1)).ok, true);
  await store.close();

  store = await open(directory);
  assert.deepEqual(store.alarms.raised, []);
  assert.equal((await put(2)).ok, true);
  await store.close();
});

test('Puts that are on their way count, so that a crowd of them does not pass the quota', async (context) => {
  const store = await open(await folder(context));
  context.after(() => store.close());
  const all = await Promise.allSettled(
    Array.from({ length: 300 }, (_, index) =>
      store.transact([], [{ type: 'put', key: `/key/${index}`, value: Buffer.alloc(10_000, index) }]),
    ),
  );
  const taken = all.filter(({ status }) => status === 'fulfilled').length;
  assert.ok(taken > 50 && taken < 105, `${taken} of 300 were taken`);
  assert.ok((await store.size()).bytes < quotaBytes * 1.1);
});
