import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Generations } from './generations.ts';

const one = (): number => 1;

test('Generations keeps what was set or read last, up to its limit', () => {
  const generations = new Generations<string>(4);
  for (const key of [1, 2, 3]) generations.set(key, `value ${key}`, 1);
  assert.equal(generations.get(1, one), 'value 1');
  generations.set(4, 'value 4', 1);
  assert.ok(!generations.has(2));
  for (const key of [1, 3, 4]) assert.equal(generations.get(key, one), `value ${key}`);
});

test('Generations does not keep what is heavier than a generation', () => {
  const generations = new Generations<string>(4);
  generations.set(1, 'light', 2);
  generations.set(2, 'heavy', 3);
  assert.ok(generations.has(1) && !generations.has(2));
  const none = new Generations<string>(0);
  none.set(1, 'anything', 1);
  assert.ok(!none.has(1));
});
