import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../api/kind.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { openEmbeddedStore } from '../../store/embedded/open.ts';
import { ResourceCache } from './cache.ts';
import type { WatchItem } from './watch.ts';

const prefix = '/registry/configmaps/';
const key = `${prefix}default/a`;
const uid = '00000000-0000-4000-8000-000000000000';

test('ResourceCache keeps changes by number and by weight, and watches from any it still has', async (t) => {
  const store = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
  const cache = new ResourceCache(store, prefix);
  t.after(async () => {
    cache.close();
    await store.close();
  });
  await cache.ready();
  const before = cache.oldestRevision;
  const write = async (size: number): Promise<number> => {
    const object = { metadata: { name: 'a', uid }, data: { k: 'x'.repeat(size) } };
    const value = Buffer.from(JSON.stringify(object));
    return (await store.transact([], [{ type: 'put', key, value }])).revision;
  };
  for (let i = 0; i < 100; i++) await write(10);
  assert.equal(cache.oldestRevision, before);
  for (let i = 0; i < 80; i++) await write(1024 * 1024);
  assert.ok(cache.oldestRevision > before + 100, 'heavy changes are forgotten sooner');

  const seen: WatchItem[] = [];
  const since = cache.oldestRevision;
  const start = { scope: prefix, matches: () => true, sinceRevision: since, bookmarkInitial: false };
  const stop = cache.watch(start, { items: (items) => seen.push(...items), ended: () => undefined });
  const revisions = seen.map((item) => (item.type === 'BOOKMARK' ? 0 : item.entry.revision));
  const expected = Array.from({ length: cache.revision - since }, (_, i) => since + 1 + i);
  assert.deepEqual(revisions, expected);
  stop();
});

test('ResourceCache.encode() spares those who read every object the parsing, and keeps nothing when there are none', async (t) => {
  const store = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
  const cache = new ResourceCache(store, prefix);
  t.after(async () => {
    cache.close();
    await store.close();
  });
  await cache.ready();
  const data = { k: 'v' };
  const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a', uid }, data } as unknown as KubeObject;
  const write = async (): Promise<KubeObject | undefined> => {
    await store.transact([], [{ type: 'put', key, value: cache.encode(object) }]);
    return cache.get(key)?.object;
  };
  const dataOf = (entry: KubeObject | undefined): unknown => (entry as unknown as { data: unknown }).data;
  assert.notEqual(dataOf(await write()), data);
  const start = { scope: prefix, matches: () => true, sinceRevision: undefined, bookmarkInitial: false };
  const stop = cache.watch(start, { items: () => undefined, ended: () => undefined, readsObjects: true });
  const written = await write();
  assert.equal(dataOf(written), data);
  assert.equal(written?.metadata.resourceVersion, String(store.revision));
  stop();
  assert.notEqual(dataOf(await write()), data);
});
