import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Entry } from './entry.ts';
import { LabelIndex } from './label-index.ts';

const uid = '00000000-0000-4000-8000-000000000000';

function entryOf(key: string, labels: Readonly<Record<string, string>> | undefined, revision = 1): Entry {
  return new Entry(key, revision, Buffer.from(JSON.stringify({ metadata: { name: key, uid, labels } })));
}

test('LabelIndex follows entries that come, change and go', () => {
  const index = new LabelIndex();
  const all = [entryOf('/a', { app: 'x' }), entryOf('/b', { app: 'y' }), entryOf('/c', undefined)];
  const found = (value: string): string[] =>
    index
      .entries('app', value, () => all)
      .slice('', '~')
      .map(({ key }) => key);
  assert.deepEqual([found('x'), found('y'), found('z')], [['/a'], ['/b'], []]);
  const [a, b, c] = all as [Entry, Entry, Entry];
  index.replace(a, entryOf('/a', { app: 'y' }, 2));
  index.replace(c, entryOf('/c', { app: 'x' }, 3));
  index.replace(undefined, entryOf('/0', { app: 'x' }, 4));
  index.replace(b, undefined);
  assert.deepEqual([found('x'), found('y')], [['/0', '/c'], ['/a']]);
});

test('LabelIndex takes a label for its own even when every object inherits its name', () => {
  const index = new LabelIndex();
  const all = [entryOf('/a', { toString: 'x' }), entryOf('/b', {})];
  assert.equal(index.entries('toString', 'x', () => all).size, 1);
  assert.equal(index.entries('constructor', 'x', () => all).size, 0);
});

test('LabelIndex files a label anew that it has dropped for others', () => {
  const index = new LabelIndex();
  const all = [entryOf('/a', { app: 'x' })];
  let filed = 0;
  const ask = (label: string): number => index.entries(label, 'x', () => (filed++, all)).size;
  assert.equal(ask('app'), 1);
  for (let i = 0; i < 20; i++) ask(`label-${i}`);
  assert.equal(filed, 21);
  assert.equal(ask('app'), 1);
  assert.equal(filed, 22);
});
