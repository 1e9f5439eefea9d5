import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAccept } from './accept.ts';

const types = (accept: string): readonly string[] => readAccept(accept).map(({ type }) => type);

test('readAccept() puts the dearest first, and what is said exactly before what is not', () => {
  assert.deepEqual(types('a/x;q=0.1, a/y;q=0.9, a/z'), ['a/z', 'a/y', 'a/x']);
  assert.deepEqual(types('*/*, a/*, a/x'), ['a/x', 'a/*', '*/*']);
  assert.deepEqual(types('a/x, a/y'), ['a/x', 'a/y']);
  assert.deepEqual(types('*/*, a/x;q=0.5'), ['a/x', '*/*']);
});

test('readAccept() takes no header for JSON and passes over what is no media type', () => {
  assert.deepEqual(types(''), ['application/json']);
  assert.deepEqual(types('nonsense, a/b/c, *, ,'), ['*/*']);
});

test('readAccept() reads parameters, and passes over those without one equals sign', () => {
  const [wish] = readAccept('application/json; as=Table ;v=v1;odd;a=b=c;q=x');
  assert.deepEqual(
    [...(wish?.parameters ?? [])],
    [
      ['as', 'Table'],
      ['v', 'v1'],
    ],
  );
  assert.equal(wish?.quality, 0);
});
