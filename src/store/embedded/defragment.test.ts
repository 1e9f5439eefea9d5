import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { recordWatch } from '../watch-recorder.ts';
import { openEmbeddedStore } from './open.ts';

test('EmbeddedStore.defragment() gives room back to the disk while the store is written, read and watched', async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-defragment-'));
  context.after(() => rm(directory, { recursive: true }));
  const options = { directory, clock: systemClock, log: silentLog, historyEvents: 10 };
  let store = await openEmbeddedStore(options);
  const put = (key: string, value: string) => store.transact([], [{ type: 'put', key, value: Buffer.from(value) }]);
  const large = 'x'.repeat(20_000);
  await Promise.all(Array.from({ length: 400 }, (_, index) => put(`/large/${index % 20}`, `${index} ${large}`)));
  await store.compact(store.revision);
  const before = await store.size();
  assert.ok(before.bytesInUse < before.bytes / 4, JSON.stringify(before));

  const watch = recordWatch(store, '/', { end: '0', fromRevision: store.revision + 1 });
  const defragmented = store.defragment();
  const writes = Promise.all(Array.from({ length: 50 }, (_, index) => put(`/small/${index}`, `${index}`)));
  const read = store.range('/large/', { end: '/large0' });
  await Promise.all([defragmented, writes]);
  assert.equal((await read).count, 20);
  const keys = (await watch.received(50)).map(({ entry }) => entry.key);
  assert.deepEqual(
    keys,
    Array.from({ length: 50 }, (_, index) => `/small/${index}`),
  );
  watch.stop();

  const after = await store.size();
  assert.ok(after.bytes < before.bytes / 3, `${before.bytes} bytes became ${after.bytes}`);
  assert.ok((await stat(join(directory, 'store.db'))).size < before.bytes / 3);
  await store.close();
  store = await openEmbeddedStore(options);
  const { entries } = await store.range('/', { end: '0' });
  assert.equal(entries.length, 70);
  for (const { key, value } of entries.slice(0, 20)) assert.ok(Buffer.from(value).toString().endsWith(large), key);
  await store.close();
});
