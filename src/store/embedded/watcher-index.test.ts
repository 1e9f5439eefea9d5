import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../base/random.ts';
import { prefixEnd } from '../store.ts';
import { WatcherIndex, type KeyRange } from './watcher-index.ts';

interface Named {
  readonly name: string;
  readonly range: KeyRange;
}

const single = (key: string): Named => ({ name: `=${key}`, range: { start: key, end: `${key}\0` } });
const below = (prefix: string): Named => ({ name: `${prefix}*`, range: { start: prefix, end: prefixEnd(prefix) } });
const between = (start: string, end: string): Named => ({ name: `${start}..${end}`, range: { start, end } });

function namesAt(index: WatcherIndex<Named>, key: string): readonly string[] {
  const names: string[] = [];
  index.forEach(key, ({ name }) => names.push(name));
  return names.toSorted();
}

test('WatcherIndex.forEach() finds keys, folders and other ranges, each once', () => {
  const index = new WatcherIndex<Named>();
  const all = [
    single('/a/b/c'),
    below('/'),
    below('/a/'),
    below('/a/b/'),
    below('/a/b'),
    between('', '~'),
    between('/a', '/b'),
  ];
  for (const watcher of all) index.add(watcher);
  assert.deepEqual(namesAt(index, '/a/b/c'), ['..~', '/*', '/a../b', '/a/*', '/a/b*', '/a/b/*', '=/a/b/c'].toSorted());
  assert.deepEqual(namesAt(index, '/a/bc'), ['..~', '/*', '/a../b', '/a/*', '/a/b*'].toSorted());
  assert.deepEqual(namesAt(index, 'x'), ['..~']);
  for (const watcher of all) index.delete(watcher);
  assert.deepEqual(namesAt(index, '/a/b/c'), []);
});

test('WatcherIndex.forEach() finds what asking each watcher finds', () => {
  const random = seededRandom(7);
  const pick = (): string =>
    Array.from({ length: 1 + Math.floor(random.next() * 5) }, () => '/ab'[Math.floor(random.next() * 3)]).join('');
  const index = new WatcherIndex<Named>();
  const watchers = Array.from({ length: 200 }, () => {
    const start = pick();
    const kind = random.next();
    return kind < 0.3 ? single(start) : kind < 0.7 ? below(start) : between(start, `${start}/a`);
  });
  for (const watcher of watchers) index.add(watcher);
  for (let round = 0; round < 300; round++) {
    const key = pick();
    const expected = watchers.filter(({ range }) => key >= range.start && key < range.end).map(({ name }) => name);
    assert.deepEqual(namesAt(index, key), expected.toSorted(), key);
  }
});
