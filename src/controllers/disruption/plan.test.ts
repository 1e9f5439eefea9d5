import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodDisruptionBudget } from '../../api/groups/policy.v1.ts';
import { metadata, nowMs, pod, startTime } from '../testing/objects.ts';
import { nextExpiryMs, planBudgetStatus } from './plan.ts';

function budget(spec: PodDisruptionBudget['spec'], disruptedPods = {}): PodDisruptionBudget {
  const counts = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
  return { metadata: metadata('budget'), spec, status: { ...counts, disruptedPods } };
}

const ready = (name: string, meta: object = {}) => pod(name, { readySince: startTime, meta });
const four = ['a', 'b', 'c', 'd'].map((name) => ready(name));

/** healthy/desired/expected → allowed. */
function script(of: PodDisruptionBudget, pods = four, wanted = 4): string {
  const status = planBudgetStatus({ budget: of, pods, wanted, nowMs });
  const { currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed } = status;
  return `${currentHealthy}/${desiredHealthy}/${expectedPods} → ${disruptionsAllowed}`;
}

test('planBudgetStatus() counts what may be taken away', () => {
  assert.equal(script(budget({ minAvailable: 3 })), '4/3/4 → 1');
  assert.equal(script(budget({ minAvailable: '50%' })), '4/2/4 → 2');
  assert.equal(script(budget({ maxUnavailable: 1 })), '4/3/4 → 1');
  assert.equal(script(budget({ maxUnavailable: '25%' }), four.slice(1)), '3/3/4 → 0');
  assert.equal(script(budget({ minAvailable: 5 })), '4/5/4 → 0');
  assert.equal(script(budget({ minAvailable: 0 }), []), '0/0/0 → 0');
});

test('planBudgetStatus() leaves out pods that are not ready, going or already granted', () => {
  const pods = [ready('a'), pod('b'), ready('c', { deletionTimestamp: startTime }), ready('d')];
  assert.equal(script(budget({ minAvailable: 1 }, { d: startTime }), pods), '1/1/4 → 0');
  assert.equal(script(budget({ minAvailable: 1 }, { d: '2025-12-31T23:57:00Z' }), pods), '2/1/4 → 1');
});

test('nextExpiryMs() is when a granted eviction no longer counts', () => {
  assert.equal(nextExpiryMs(budget({}, { d: startTime })), nowMs + 120_000);
  assert.equal(nextExpiryMs(budget({})), undefined);
});
