import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../api/kind.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { openEmbeddedStore } from '../../store/embedded/open.ts';
import { StoreError, type Store, type WatchSink } from '../../store/store.ts';
import { ResourceCache } from './cache.ts';
import type { Entry } from './entry.ts';
import type { ChangeItem, WatchItem } from './watch.ts';

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

/** The store with another function in place of one of its own. */
function withMember<Name extends keyof Store>(store: Store, member: Name, other: Store[Name]): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = name === member ? other : Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** A store whose watches can be cut off: what is written meanwhile is not told to them. */
function cuttable(store: Store): { readonly store: Store; cut(): () => void } {
  let watching: { readonly stop: () => void; readonly receiver: WatchSink } | undefined;
  const watch: Store['watch'] = (key, options, receiver) => {
    const stop = store.watch(key, options, receiver);
    watching = { stop, receiver };
    return stop;
  };
  const cut = (): (() => void) => {
    const { stop, receiver } = watching as NonNullable<typeof watching>;
    stop();
    return () => receiver.ended({ reason: 'compacted', compactRevision: 0 });
  };
  return { store: withMember(store, 'watch', watch), cut };
}

test('ResourceCache.follow() tells what was missed while the store had lost the thread', async (t) => {
  const embedded = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
  const { store, cut } = cuttable(embedded);
  const cache = new ResourceCache(store, prefix);
  t.after(async () => {
    cache.close();
    await embedded.close();
  });
  await cache.ready();
  const put = (name: string, value: string): Promise<unknown> => {
    const object = { metadata: { name, uid, labels: { value } } };
    const bytes = Buffer.from(JSON.stringify(object));
    return embedded.transact([], [{ type: 'put', key: `${prefix}default/${name}`, value: bytes }]);
  };
  for (const name of ['same', 'changed', 'gone']) await put(name, 'before');
  const told: string[] = [];
  const one: string[] = [];
  const show = ({ type, entry }: ChangeItem): string =>
    `${type} ${entry.object.metadata.name} ${entry.labels['value']}`;
  const stop = cache.follow(prefix, (item) => void told.push(show(item)));
  cache.follow(`${prefix}default/same`, (item) => void one.push(show(item)));
  assert.deepEqual(told.splice(0), ['ADDED changed before', 'ADDED gone before', 'ADDED same before']);
  let ended = false;
  const start = { scope: prefix, matches: () => true, sinceRevision: undefined, bookmarkInitial: false };
  cache.watch(start, { items: () => undefined, ended: () => (ended = true) });

  const lose = cut();
  await put('changed', 'after');
  await put('same-name-and-more', 'new');
  await embedded.transact([], [{ type: 'delete', key: `${prefix}default/gone` }]);
  lose();
  assert.equal(ended, true);
  assert.equal(cache.loaded, false);
  assert.equal(cache.get(`${prefix}default/gone`)?.labels['value'], 'before', 'as it was until the new state is there');
  await cache.ready();
  assert.deepEqual(told.splice(0), ['MODIFIED changed after', 'ADDED same-name-and-more new', 'DELETED gone before']);
  assert.equal(cache.get(`${prefix}default/gone`), undefined);
  assert.deepEqual(
    cache.listLabelled(['value', 'after'], prefix, prefix).map(({ key: found }) => found),
    [`${prefix}default/changed`],
  );

  await put('changed', 'later');
  assert.deepEqual(told.splice(0), ['MODIFIED changed later']);
  assert.deepEqual(one, ['ADDED same before']);
  stop();
  await put('changed', 'last');
  assert.deepEqual(told, []);
});

test('ResourceCache.ready() tries again after the store was away', async (t) => {
  const embedded = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
  let isAway = true;
  const store = withMember(embedded, 'range', (...given: Parameters<Store['range']>) =>
    isAway ? Promise.reject(new StoreError('unavailable', 'the store is away')) : embedded.range(...given),
  );
  const cache = new ResourceCache(store, prefix);
  t.after(async () => {
    cache.close();
    await embedded.close();
  });
  await assert.rejects(cache.ready(), /the store is away/);
  assert.equal(cache.loaded, false);
  isAway = false;
  await cache.ready();
  assert.equal(cache.loaded, true);
});

test('ResourceCache goes on when what another program stored is no valid object', async (t) => {
  const store = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
  const cache = new ResourceCache(store, prefix);
  t.after(async () => {
    cache.close();
    await store.close();
  });
  await cache.ready();
  const put = (name: string, value: string): Promise<unknown> =>
    store.transact([], [{ type: 'put', key: `${prefix}default/${name}`, value: Buffer.from(value) }]);
  const named = (name: string): string => JSON.stringify({ metadata: { name, uid, labels: { a: 'b' } } });
  const told: string[] = [];
  cache.follow(prefix, ({ entry }) => void told.push(entry.object.metadata.name));
  let ended = 0;
  const start = { scope: prefix, sinceRevision: undefined, bookmarkInitial: false };
  const selects = (entry: Entry): boolean => entry.labels['a'] === 'b';
  cache.watch({ ...start, matches: selects }, { items: () => undefined, ended: () => ended++ });
  assert.deepEqual(cache.listLabelled(['a', 'b'], prefix, prefix), []);
  for (const bad of ['5', 'null', '{}', 'no JSON', 'k8s\0...']) await put('bad', bad);
  assert.equal(ended, 0);
  assert.throws(() => cache.get(`${prefix}default/bad`), /it is no JSON object/);
  await put('broken', `${named('broken')}, and more`);
  assert.equal(ended, 1);
  await put('good', named('good'));
  assert.deepEqual(told, ['good']);
  assert.equal(cache.listLabelled(['a', 'b'], prefix, prefix).length, 1);
});
