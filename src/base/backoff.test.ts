import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffDelay } from './backoff.ts';
import { seededRandom } from './random.ts';

test('backoffDelay() doubles from the base up to the maximum', () => {
  const backoff = { baseMs: 5, maxMs: 1_000_000, jitter: 0 };
  const delays = [1, 2, 3, 10, 18, 19, 5000].map((failures) => backoffDelay(backoff, failures, seededRandom(1)));
  assert.deepEqual(delays, [5, 10, 20, 2560, 655_360, 1_000_000, 1_000_000]);
});

test('backoffDelay() adds at most the jitter and never passes the maximum', () => {
  const random = seededRandom(7);
  for (let i = 0; i < 1000; i++) {
    const delay = backoffDelay({ baseMs: 100, maxMs: 850, jitter: 0.5 }, (i % 5) + 1, random);
    assert.ok(delay >= 100 && delay <= 850);
  }
});
