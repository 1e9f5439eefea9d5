import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffLeft, grownBackoff, type CrashBackoff } from './crash-backoff.ts';

test('grownBackoff() doubles from 10 s to 5 min while a container keeps crashing', () => {
  let backoff: CrashBackoff | undefined;
  let nowMs = 1_000_000;
  const waits: number[] = [];
  for (let crash = 0; crash < 8; crash++) {
    const endedAtMs = nowMs;
    const left = backoffLeft(backoff, endedAtMs, nowMs);
    waits.push(left / 1000);
    nowMs += left;
    backoff = grownBackoff(backoff, endedAtMs, nowMs);
    nowMs += 1000;
  }
  assert.deepEqual(waits, [0, 10, 20, 40, 80, 160, 300, 300]);
});

test('backoffLeft() forgets crashes after a run of ten minutes', () => {
  const backoff = { delayMs: 300_000, sinceMs: 0 };
  assert.equal(backoffLeft(backoff, 600_000, 600_000), 300_000);
  assert.equal(backoffLeft(backoff, 600_001, 600_001), 0);
  assert.equal(grownBackoff(backoff, 600_001, 600_001).delayMs, 10_000);
});
