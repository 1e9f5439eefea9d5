import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nowMs } from '../testing/objects.ts';
import { afterScaling, decideSize, noHistory, type Wish } from './behavior.ts';

const slow = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };
const behavior = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [...slow.policies, { type: 'Pods', value: 4, periodSeconds: 15 }],
  },
  scaleDown: slow,
};

function wish(current: number, desired: number, more: Partial<Wish> = {}): Wish {
  return {
    current,
    desired,
    min: 1,
    max: 100,
    behavior: null,
    history: noHistory,
    downWindowMs: 300_000,
    nowMs,
    ...more,
  };
}

const told = (of: Wish) => {
  const { replicas, limited, stabilized } = decideSize(of);
  return [replicas, limited.isLimited, limited.reason, stabilized.reason];
};

test('decideSize() doubles at most, or goes to four, and stays within the limits', () => {
  assert.deepEqual(told(wish(1, 9)), [4, true, 'ScaleUpLimit', 'ReadyForNewScale']);
  assert.deepEqual(told(wish(10, 90)), [20, true, 'ScaleUpLimit', 'ReadyForNewScale']);
  assert.deepEqual(told(wish(10, 90, { max: 15 })), [15, true, 'TooManyReplicas', 'ReadyForNewScale']);
  assert.deepEqual(told(wish(5, 1, { min: 3 })), [3, true, 'TooFewReplicas', 'ReadyForNewScale']);
  assert.deepEqual(told(wish(5, 4)), [4, false, 'DesiredWithinRange', 'ReadyForNewScale']);
});

test('decideSize() shrinks no further than the highest recommendation within the window', () => {
  const recommendations = [
    { replicas: 9, atMs: nowMs - 300_001 },
    { replicas: 7, atMs: nowMs - 299_000 },
    { replicas: 3, atMs: nowMs - 1000 },
  ];
  const history = { ...noHistory, recommendations };
  assert.deepEqual(told(wish(8, 2, { history })), [7, false, 'DesiredWithinRange', 'ScaleDownStabilized']);
  assert.deepEqual(told(wish(8, 2, { history, behavior })), [7, false, 'DesiredWithinRange', 'ScaleDownStabilized']);
  const kept = decideSize(wish(8, 2, { history })).history.recommendations;
  assert.deepEqual(
    kept.map(({ replicas }) => replicas),
    [7, 3, 2],
  );
});

test('decideSize() grows no further than the lowest recommendation within a window of scaling up', () => {
  const cautious = { ...behavior, scaleUp: { ...behavior.scaleUp, stabilizationWindowSeconds: 60 } };
  const history = { ...noHistory, recommendations: [{ replicas: 4, atMs: nowMs - 30_000 }] };
  const of = wish(3, 6, { behavior: cautious, history });
  assert.deepEqual(told(of), [4, false, 'DesiredWithinRange', 'ScaleUpStabilized']);
});

test('decideSize() keeps to policies, counting what was done within their period', () => {
  const limited = (type: string, value: number, selectPolicy = 'Max') => ({
    scaleUp: { ...behavior.scaleUp, selectPolicy, policies: [{ type, value, periodSeconds: 60 }] },
    scaleDown: { stabilizationWindowSeconds: 0, selectPolicy, policies: [{ type, value, periodSeconds: 60 }] },
  });
  const pods = limited('Pods', 2);
  assert.deepEqual(told(wish(5, 9, { behavior: pods })).slice(0, 3), [7, true, 'ScaleUpLimit']);
  assert.deepEqual(told(wish(5, 1, { behavior: pods })).slice(0, 3), [3, true, 'ScaleDownLimit']);
  assert.deepEqual(told(wish(5, 9, { behavior: limited('Percent', 50) })).slice(0, 1), [8]);
  assert.deepEqual(told(wish(5, 1, { behavior: limited('Percent', 50) })).slice(0, 1), [2]);
  assert.deepEqual(told(wish(5, 9, { behavior: limited('Pods', 2, 'Disabled') })).slice(0, 1), [5]);
  assert.deepEqual(told(wish(5, 1, { behavior: limited('Pods', 2, 'Disabled') })).slice(0, 1), [5]);
  const history = afterScaling(noHistory, pods, { from: 5, to: 7, nowMs: nowMs - 30_000 });
  assert.deepEqual(told(wish(7, 20, { behavior: pods, history })).slice(0, 1), [7]);
  assert.deepEqual(told(wish(7, 20, { behavior: pods, history, nowMs: nowMs + 31_000 })).slice(0, 1), [9]);
});

test('decideSize() takes the largest change of several policies, or the least when told so', () => {
  assert.equal(told(wish(2, 50, { behavior }))[0], 6);
  assert.equal(told(wish(10, 50, { behavior }))[0], 20);
  const least = { ...behavior, scaleUp: { ...behavior.scaleUp, selectPolicy: 'Min' } };
  assert.equal(told(wish(10, 50, { behavior: least }))[0], 14);
});

test('afterScaling() forgets steps that no policy reaches back to', () => {
  let history = afterScaling(noHistory, behavior, { from: 1, to: 2, nowMs });
  history = afterScaling(history, behavior, { from: 2, to: 4, nowMs: nowMs + 20_000 });
  assert.deepEqual(history.added, [{ change: 2, atMs: nowMs + 20_000 }]);
  assert.equal(afterScaling(noHistory, null, { from: 1, to: 2, nowMs }), noHistory);
});
