import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry, Operation } from '../store.ts';
import { mayBeSentAgain, revisionOfPuts } from './transaction.ts';

const put = (key: string, text: string): Operation => ({ type: 'put', key, value: Buffer.from(text) });
const entry = (key: string, text: string, modRevision: number): Entry => ({
  key,
  value: Buffer.from(text),
  createRevision: 1,
  modRevision,
  version: 1,
  lease: 0n,
});

test('mayBeSentAgain() is true when each key that is put has a condition of its own, and nothing is deleted', () => {
  const conditions = [
    { key: '/a', modRevision: 0 },
    { key: '/b', modRevision: 7 },
  ];
  assert.equal(mayBeSentAgain(conditions, [put('/a', 'x')]), true);
  assert.equal(mayBeSentAgain(conditions, [put('/a', 'x'), put('/b', 'y')]), true);
  assert.equal(mayBeSentAgain(conditions, [put('/a', 'x'), put('/c', 'y')]), false);
  assert.equal(mayBeSentAgain(conditions, [{ type: 'delete', key: '/a' }]), false);
  assert.equal(mayBeSentAgain([], [put('/a', 'x')]), false);
  assert.equal(mayBeSentAgain(conditions, []), false);
});

test('revisionOfPuts() finds what was put together, and nothing else', () => {
  const puts = [put('/a', 'x'), put('/b', 'y')];
  assert.equal(revisionOfPuts([entry('/a', 'x', 9), entry('/b', 'y', 9), entry('/c', 'z', 3)], puts), 9);
  assert.equal(revisionOfPuts([entry('/a', 'x', 9), entry('/b', 'y', 8)], puts), undefined);
  assert.equal(revisionOfPuts([entry('/a', 'x', 9), entry('/b', 'other', 9)], puts), undefined);
  assert.equal(revisionOfPuts([entry('/a', 'x', 9)], puts), undefined);
  assert.equal(revisionOfPuts([], puts), undefined);
});
