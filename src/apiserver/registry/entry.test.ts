import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../api/kind.ts';
import { Entry, storedBytes } from './entry.ts';

const uid = '00000000-0000-4000-8000-000000000000';
const object = {
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name: 'ä', uid, resourceVersion: '3', labels: { a: 'b' } },
  data: { text: 'ü'.repeat(20) },
} as unknown as KubeObject;

test('Entry serves the stored bytes with its revision, and knows what is stored', () => {
  const stored = storedBytes(object);
  const entry = new Entry('/a', 1234, stored);
  assert.deepEqual(entry.object, { ...object, metadata: { ...object.metadata, resourceVersion: '1234' } });
  assert.equal(entry.holds(stored), true);
  for (const other of [
    { ...object, data: { text: 'y'.repeat(40) } },
    { ...object, kind: 'ConfigMaps' },
  ]) {
    assert.equal(entry.holds(storedBytes(other as unknown as KubeObject)), false);
  }
});

test('Entry reads objects that are too large to be kept parsed', () => {
  const large = { ...object, data: { text: 'x'.repeat(5 * 1024 * 1024) } } as unknown as KubeObject;
  assert.equal(new Entry('/a', 1, storedBytes(large)).object.metadata.name, 'ä');
});

test('Entry.at() is the same state under another version', () => {
  const entry = new Entry('/a', 9, storedBytes(object)).at(10_000);
  assert.deepEqual([entry.key, entry.revision, entry.object.metadata.resourceVersion], ['/a', 10_000, '10000']);
  assert.equal(entry.holds(storedBytes(object)), true);
});

test('Entry has what its bytes were made from as its object, under its own version', () => {
  const entry = new Entry('/a', 9, storedBytes(object), object);
  assert.equal(Object.values(entry.object)[3], Object.values(object)[3]);
  assert.equal(JSON.stringify(entry.object), entry.json.toString());
  assert.deepEqual(entry.at(10).object, new Entry('/a', 10, storedBytes(object)).object);
});

test('Entry.forget() lets the parsed object go, not what selectors look at', () => {
  const entry = new Entry('/a', 9, storedBytes(object));
  const { labels, object: before } = entry;
  entry.forget();
  assert.notEqual(entry.object, before);
  assert.deepEqual(entry.object, before);
  assert.equal(entry.labels, labels);
});
