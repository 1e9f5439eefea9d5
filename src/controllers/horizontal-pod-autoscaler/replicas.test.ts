import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../api/groups/core.v1.ts';
import { nowMs, pod, podCondition, startTime } from '../testing/objects.ts';
import {
  MetricError,
  sizeForAmount,
  sizeForShare,
  sizeForUtilization,
  sizeForValue,
  type PodTarget,
} from './replicas.ts';

const containers = [{ name: 'main', image: 'v1', resources: { requests: { cpu: '100m' } } }];
const old = { startTime: '2025-12-31T00:00:00Z' };
const timing = { nowMs, cpuInitializationMs: 300_000, initialReadinessMs: 30_000 };
const tolerance = { up: 0.1, down: 0.1 };

const named = (count: number, facts: Parameters<typeof pod>[1] = {}): Pod[] =>
  Array.from({ length: count }, (_, i) =>
    pod(`p${i}`, { readySince: startTime, spec: { containers }, status: old, ...facts }),
  );

function target(
  pods: readonly Pod[],
  usage: readonly (number | undefined)[],
  more: Partial<PodTarget> = {},
): PodTarget {
  const known = usage.flatMap((milli, i) =>
    milli === undefined ? [] : [[`p${i}`, { milli, atMs: nowMs, windowMs: 15_000 }] as const],
  );
  return { current: pods.length, pods, samples: new Map(known), resource: 'cpu', tolerance, timing, ...more };
}

test('sizeForUtilization() brings the share of what pods ask for to its target', () => {
  const cases: [usage: number[], wanted: number, replicas: number][] = [
    [[30, 50, 70], 25, 6],
    [[30, 30, 30], 50, 2],
    [[54, 54, 54], 50, 3],
    [[100, 100, 100], 10, 30],
  ];
  for (const [usage, wanted, replicas] of cases) {
    assert.equal(sizeForUtilization(target(named(3), usage), wanted).replicas, replicas, usage.join());
  }
  assert.deepEqual(sizeForUtilization(target(named(3), [30, 50, 71]), 25), { replicas: 6, usage: 50, amount: 50 });
});

test('sizeForUtilization() lets pods without metrics and unready ones speak against the change', () => {
  assert.equal(sizeForUtilization(target(named(4), [100, 100, 100, undefined]), 50).replicas, 6);
  assert.equal(sizeForUtilization(target(named(4), [10, 10, 10, undefined]), 50).replicas, 3);
  assert.equal(sizeForUtilization(target(named(4), [10, 10, 10, undefined]), 200).replicas, 2);
  const pending = pod('p3', { phase: 'Pending', spec: { containers } });
  assert.equal(sizeForUtilization(target([...named(3), pending], [100, 100, 100]), 50).replicas, 6);
  assert.equal(sizeForUtilization(target([...named(3), pending], [20, 20, 20]), 50).replicas, 2);
  const failed = pod('p3', { phase: 'Failed', spec: { containers } });
  assert.equal(sizeForUtilization(target([...named(3), failed], [100, 100, 100, 900]), 50).replicas, 6);
});

test('sizeForUtilization() leaves out what a pod uses while it starts', () => {
  const status = { startTime, conditions: [podCondition('Ready', 'False', startTime)] };
  const starting = pod('p2', { spec: { containers }, status });
  assert.equal(sizeForUtilization(target([...named(2), starting], [50, 50, 900]), 50).replicas, 3);
  const amount = target([...named(2), starting], [50, 50, 900], { resource: 'memory' });
  assert.equal(sizeForAmount(amount, 100).replicas, 10);
});

test('sizeForUtilization() refuses what it cannot compute', () => {
  const error = (message: string) => (thrown: unknown) => thrown instanceof MetricError && thrown.message === message;
  const without = named(1, { spec: { containers: [{ name: 'main', resources: {} }] } });
  assert.throws(
    () => sizeForUtilization(target(without, [1]), 50),
    error('missing request for cpu in container main of Pod p0'),
  );
  assert.throws(
    () => sizeForUtilization(target([], []), 50),
    error('no pods returned by selector while calculating replica count'),
  );
  assert.throws(
    () => sizeForUtilization(target(named(1), []), 50),
    error('did not receive metrics for targeted pods (pods might be unready)'),
  );
  assert.throws(
    () => sizeForUtilization(target(named(1), [1]), 50, 'side'),
    error('container side not found in Pod p0'),
  );
});

test('sizeForUtilization() takes what the whole pod asks for when that is given', () => {
  const spec = { containers: [{ name: 'main', resources: {} }], resources: { requests: { cpu: '200m' } } };
  assert.deepEqual(sizeForUtilization(target(named(1, { spec }), [200]), 50), { replicas: 2, usage: 100, amount: 200 });
});

test('sizeForValue() and sizeForShare() divide one value among the pods', () => {
  const three = { current: 3, pods: named(3) };
  assert.equal(sizeForValue({ tolerance, milli: 20_000 }, 10_000, three).replicas, 6);
  assert.equal(sizeForValue({ tolerance, milli: 10_500 }, 10_000, three).replicas, 3);
  assert.equal(sizeForValue({ tolerance: { up: 0.01, down: 0.1 }, milli: 10_500 }, 10_000, three).replicas, 4);
  assert.equal(sizeForValue({ tolerance, milli: 25_000 }, 10_000, { current: 0, pods: [] }).replicas, 3);
  assert.deepEqual(sizeForShare({ tolerance, milli: 50_000 }, 10_000, 4), { replicas: 5, usage: 12_500 });
  assert.deepEqual(sizeForShare({ tolerance, milli: 41_000 }, 10_000, 4), { replicas: 4, usage: 10_250 });
});
