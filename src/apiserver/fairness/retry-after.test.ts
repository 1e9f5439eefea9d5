import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RetryAfter } from './retry-after.ts';

test('RetryAfter doubles while many are refused, up to half a minute, and falls when few are', () => {
  const wait = new RetryAfter();
  assert.equal(wait.seconds, 1);
  let now = 1_000_000;
  const seen = new Set<number>();
  for (let second = 0; second < 120; second++) {
    for (let refused = 0; refused < 50; refused++) wait.refused(now);
    seen.add(wait.seconds);
    now += 1000;
  }
  assert.deepEqual([...seen], [1, 2, 4, 8, 16, 32]);
  for (let times = 0; times < 40; times++) {
    now += 40_000;
    wait.refused(now);
  }
  assert.equal(wait.seconds, 1);
});
