import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { virtualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { testStoreContract } from '../contract.ts';
import type { StoreUnderTest } from '../contract.ts';
import type { Operation } from '../store.ts';
import { recordWatch } from '../watch-recorder.ts';
import type { EmbeddedStore } from './embedded-store.ts';
import { openEmbeddedStore } from './open.ts';

testStoreContract('embedded on disk', async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-store-'));
  return open(context, directory, async () => rm(directory, { recursive: true }));
});

// Nothing is found in memory: values, older states and watches all come from the database.
testStoreContract('embedded without recent history', (context) => open(context, ':memory:', undefined, 0));

test('transact() is seen by conditions at once and by readers when it is on disk', async (context) => {
  const { store } = await open(context, ':memory:');
  const watch = recordWatch(store, '/', { end: '0' });
  const first = store.transact([{ key: '/a', modRevision: 0 }], [put('/a', 'one')]);
  const second = store.transact([{ key: '/a', modRevision: 2 }], [put('/a', 'two'), put('/b', 'new')]);
  const before = store.range('/', { end: '0' });
  assert.equal(store.revision, 1);
  assert.deepEqual(await before, { entries: [], revision: 1, count: 0 });
  assert.deepEqual(await Promise.all([first, second]), [
    { ok: true, revision: 2, deleted: [] },
    { ok: true, revision: 3, deleted: [] },
  ]);
  assert.deepEqual([store.revision, watch.events.length], [3, 3], 'events come before the answer');
  watch.stop();
});

test('watch() catches up page by page while others write, and hands each transaction over whole', async (context) => {
  const { store } = await open(context, ':memory:', undefined, 50);
  for (let count = 0; count < 1400; count += 1) void store.transact([], [put(`/a/${count % 90}`, `${count}`)]);
  // Longer than a page.
  await store.transact(
    [],
    Array.from({ length: 1300 }, (_, index) => put(`/b/${index}`, `${index}`)),
  );
  const watch = recordWatch(store, '/', { end: '0', fromRevision: 2 });
  for (let count = 0; count < 300; count += 1) await store.transact([], [put(`/a/${count % 90}`, `${count}`)]);
  const events = await watch.received(3000);
  const revisions = [...new Set(events.map(({ entry }) => entry.modRevision))];
  assert.deepEqual(
    revisions,
    Array.from({ length: 1701 }, (_, index) => index + 2),
  );
  const whole = watch.calls.filter((call) => call.events.some(({ entry }) => entry.modRevision === 1402));
  assert.equal(whole.length, 1);
  assert.equal(whole[0]?.events.filter(({ entry }) => entry.modRevision === 1402).length, 1300);
  watch.stop();
});

test('watch() ends when a compaction overtakes it', async (context) => {
  const { store } = await open(context, ':memory:', undefined, 50);
  for (let count = 0; count < 3000; count += 1) void store.transact([], [put(`/a/${count}`, '')]);
  await store.transact([], [put('/last', '')]);
  const watch = recordWatch(store, '/', { end: '0', fromRevision: 2 });
  await watch.received(1);
  const compactRevision = store.revision - 10;
  await store.compact(compactRevision);
  assert.deepEqual(await watch.ended(), { reason: 'compacted', compactRevision });
  const revisions = watch.events.map(({ entry }) => entry.modRevision);
  assert.deepEqual(
    revisions,
    Array.from(revisions, (_, index) => index + 2),
  );
});

test('transact() takes no more writes than may wait, and takes them again later', async (context) => {
  const { store } = await open(context, ':memory:');
  const value = new Uint8Array(40 * 1024 * 1024);
  const accepted = [1, 2].map((writer) => store.transact([], [{ type: 'put', key: `/${writer}`, value }]));
  await assert.rejects(store.transact([], [put('/3', '')]), { reason: 'unavailable', message: /too busy/ });
  await Promise.all(accepted);
  assert.equal((await store.transact([], [put('/3', '')])).revision, 4);
});

test('transact() refuses operations that contradict one another', async (context) => {
  const { store } = await open(context, ':memory:');
  const contradictions: Operation[][] = [
    [put('/a', 'one'), put('/a', 'two')],
    [put('/a', 'one'), { type: 'delete', key: '/', end: '0' }],
    [{ type: 'delete', key: '/old' }, put('/old', 'one')],
    [put('', 'one')],
    [put('/half-\ud800', 'one')],
  ];
  await store.transact([], [put('/old', 'old'), put('/a', 'old')]);
  for (const operations of contradictions) await assert.rejects(store.transact([], operations), RangeError);
  assert.equal(store.revision, 2);
});

function put(key: string, value: string): Operation {
  return { type: 'put', key, value: Buffer.from(value) };
}

async function open(
  context: TestContext,
  directory: string,
  clean?: () => Promise<void>,
  historyEvents?: number,
): Promise<StoreUnderTest & { readonly store: EmbeddedStore }> {
  const clock = virtualClock();
  const limits = historyEvents === undefined ? {} : { historyEvents };
  const store = await openEmbeddedStore({ directory, clock, log: silentLog, ...limits });
  context.after(async () => {
    await store.close();
    await clean?.();
  });
  return { store, passSeconds: async (seconds) => clock.advance(seconds * 1000) };
}

test('transactBy() decides anew when it needs values that are on disk alone', async (context) => {
  const { store } = await open(context, ':memory:', undefined, 5);
  for (let count = 0; count < 20; count += 1) await store.transact([], [put(`/k/${count}`, `${count}`)]);
  let rounds = 0;
  const read = await store.transactBy((transaction) => {
    rounds += 1;
    const metas = transaction.between('/k/', '/k0');
    const sum = metas.reduce((total, meta) => total + Number(Buffer.from(transaction.value(meta)).toString()), 0);
    transaction.put('/sum', Buffer.from(String(sum)));
    return { sum, revision: transaction.revision };
  });
  assert.deepEqual([read, rounds], [{ sum: 190, revision: 22 }, 2]);
  const { entries } = await store.range('/sum');
  assert.equal(Buffer.from(entries[0]?.value ?? []).toString(), '190');
});

test('transactBy() sees what it has changed and what is in flight, and changes nothing when it throws', async (context) => {
  const { store } = await open(context, ':memory:', undefined);
  const inFlight = store.transact([], [put('/a', 'one'), put('/b', 'two')]);
  const seen = await store.transactBy((transaction) => {
    transaction.put('/c', Buffer.from('three'));
    transaction.delete('/a');
    return transaction.between('/', '0').map((meta) => `${meta.key} ${meta.modRevision}`);
  });
  await inFlight;
  assert.deepEqual(seen, ['/b 2', '/c 3']);
  const refuse = (): never => {
    throw new RangeError('no');
  };
  await assert.rejects(store.transactBy(refuse), RangeError);
  assert.equal(store.revision, 3);
});
