import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countIndexes, firstCommonIndex } from './index-intervals.ts';

test('countIndexes() counts, or says why it cannot', () => {
  assert.deepEqual(countIndexes('', 5), { ok: true, count: 0 });
  assert.deepEqual(countIndexes('0,2-4', 5), { ok: true, count: 4 });
  const problems = {
    a: 'cannot convert string to integer for index: "a"',
    '0-': 'cannot convert string to integer for index: ""',
    '5': 'too large index: "5"',
    '1-2-3': `the fragment "1-2-3" violates the requirement that an index interval can have at most two parts separated by '-'`,
    '3-1': 'non-increasing order, previous: 3, current: 1',
    '2,1': 'non-increasing order, previous: 2, current: 1',
  };
  for (const [text, problem] of Object.entries(problems))
    assert.deepEqual(countIndexes(text, 5), { ok: false, problem });
});

test('firstCommonIndex() finds the lowest, and passes over what it cannot read', () => {
  assert.equal(firstCommonIndex('0,3-5', '1-2,4', 9), 4);
  assert.equal(firstCommonIndex('0,3-5', '1-2,6', 9), undefined);
  assert.equal(firstCommonIndex('', '0', 9), undefined);
  assert.equal(firstCommonIndex('x,7', '7', 9), 7);
});
