import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bursts } from './bursts.ts';

test('Bursts.add() calls back at the end of the turn, in order, and sooner when many wait', async () => {
  const bursts = new Bursts();
  const called: number[] = [];
  const add = (from: number, to: number): void => {
    for (let number = from; number < to; number++) bursts.add(() => called.push(number));
  };
  const numbers = (to: number): readonly number[] => Array.from({ length: to }, (_, number) => number);
  add(0, 3);
  assert.deepEqual(called, []);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(called, numbers(3));
  add(3, 103);
  assert.ok(called.length > 3, 'the first of a hundred do not wait for the last');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(called, numbers(103));
});
