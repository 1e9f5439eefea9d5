import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../api/kind.ts';
import { ObjectCache } from './object-cache.ts';

interface Item extends KubeObject {
  readonly tags: readonly string[];
}

function item(key: string, resourceVersion: string, tags: readonly string[] = [], uid = key): Item {
  const [namespace = '', name = ''] = key.split('/');
  return { metadata: { namespace, name, uid, resourceVersion, creationTimestamp: '2026-01-01T00:00:00Z' }, tags };
}

const names = (items: readonly Item[]): readonly string[] => items.map(({ metadata }) => metadata.name).toSorted();

test('ObjectCache.set() answers what changed, and nothing for the version it holds', () => {
  const cache = new ObjectCache<Item>();
  const first = item('a/x', '1');
  const second = item('a/x', '2');
  assert.deepEqual(cache.set(first), [{ type: 'added', object: first }]);
  assert.deepEqual(cache.set(item('a/x', '1')), []);
  assert.deepEqual(cache.set(second), [{ type: 'updated', object: second, previous: first }]);
});

test('ObjectCache.set() sees a new object behind the same name when the uid differs', () => {
  const cache = new ObjectCache<Item>();
  const old = item('a/x', '1', [], 'u1');
  const fresh = item('a/x', '5', [], 'u2');
  cache.set(old);
  assert.deepEqual(cache.set(fresh), [
    { type: 'deleted', object: old },
    { type: 'added', object: fresh },
  ]);
});

test('ObjectCache.replace() answers the difference', () => {
  const cache = new ObjectCache<Item>();
  for (const object of [item('a/x', '1'), item('a/y', '2'), item('b/x', '3')]) cache.set(object);
  const changes = cache.replace([item('a/x', '1'), item('b/x', '4'), item('b/z', '5')]);
  assert.deepEqual(
    changes.map(({ type, object }) => `${type} ${object.metadata.namespace}/${object.metadata.name}`),
    ['deleted a/y', 'updated b/x', 'added b/z'],
  );
  assert.deepEqual(names(cache.list()), ['x', 'x', 'z']);
  assert.deepEqual(names(cache.list('b')), ['x', 'z']);
  assert.deepEqual(cache.list('none'), []);
});

test('ObjectCache.byIndex() follows objects as their values change', () => {
  const cache = new ObjectCache<Item>();
  cache.set(item('a/x', '1', ['red', 'big']));
  cache.addIndexes({ tag: ({ tags }) => tags });
  cache.set(item('a/y', '2', ['red']));
  assert.deepEqual(names(cache.byIndex('tag', 'red')), ['x', 'y']);
  cache.set(item('a/x', '3', ['blue', 'big']));
  assert.deepEqual(names(cache.byIndex('tag', 'red')), ['y']);
  assert.equal(cache.byIndex('tag', 'big')[0]?.metadata.resourceVersion, '3');
  cache.remove(item('a/x', '4', ['blue', 'big']));
  assert.deepEqual(cache.byIndex('tag', 'blue'), []);
  assert.throws(() => cache.byIndex('size', 'big'), /no index "size"/);
});

test('ObjectCache.list() answers the same array until something changes', () => {
  const cache = new ObjectCache<Item>();
  cache.set(item('a/x', '1'));
  const before = cache.list();
  cache.set(item('a/x', '1'));
  assert.equal(cache.list(), before);
  cache.set(item('a/x', '2'));
  assert.notEqual(cache.list(), before);
  assert.equal(before[0]?.metadata.resourceVersion, '1');
});
