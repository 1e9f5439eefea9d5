import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planTtl } from './plan.ts';

test('planTtl() follows a growing cluster up and a shrinking one down', () => {
  const up = [0, 1, 100, 101, 500, 501, 1000, 1001, 2000, 2001, 10_000, 10_001];
  let ttl = 0;
  const grown = up.map((nodes) => (ttl = planTtl(nodes, ttl)));
  assert.deepEqual(grown, [0, 0, 0, 15, 15, 30, 30, 60, 60, 300, 300, 600]);
  const down = [9000, 8999, 1800, 1799, 900, 899, 450, 449, 90, 89, 0];
  const shrunk = down.map((nodes) => (ttl = planTtl(nodes, ttl)));
  assert.deepEqual(shrunk, [600, 300, 300, 60, 60, 30, 30, 15, 15, 0, 0]);
});

test('planTtl() skips steps when the size changes at once', () => {
  assert.equal(planTtl(5000, 0), 300);
  assert.equal(planTtl(20_000, 15), 600);
  assert.equal(planTtl(3, 600), 0);
  assert.equal(planTtl(95, 300), 15, 'a shrinking cluster stops at the first step that still holds it');
});
