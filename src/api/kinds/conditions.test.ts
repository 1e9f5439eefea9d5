import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withCondition } from './conditions.ts';

test('withCondition() puts a condition in the place of its type, and keeps its time while its status stays', () => {
  const [a, b] = [
    { type: 'A', status: 'True', lastTransitionTime: 'then' },
    { type: 'B', status: 'False', lastTransitionTime: 'then' },
  ];
  const now = (type: string, status: string): typeof a => ({ type, status, lastTransitionTime: 'now' });
  assert.deepEqual(withCondition([a, b], now('A', 'True')), [a, b]);
  assert.deepEqual(withCondition([a, b], now('A', 'False')), [now('A', 'False'), b]);
  assert.deepEqual(withCondition([a], now('C', 'True')), [a, now('C', 'True')]);
});
