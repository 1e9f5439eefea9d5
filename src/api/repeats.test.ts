import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repeats } from './repeats.ts';

test('repeats() are the places of all but the first of equal values', () => {
  assert.deepEqual([...repeats(['a', 'b', 'a', 'c', 'b', 'a'])], [2, 4, 5]);
  assert.deepEqual([...repeats([1, undefined, undefined])], [2]);
  assert.equal(repeats([]).size, 0);
});
