import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HorizontalPodAutoscaler, MetricSpec } from '../../api/groups/autoscaling.v2.ts';
import { metadata, nowMs, pod, startTime } from '../testing/objects.ts';
import { noHistory } from './behavior.ts';
import { afterRescale, defaultAutoscaling, planScaling, type Observed } from './plan.ts';
import type { Reading } from './proposal.ts';

const cpu: MetricSpec = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '100m' } },
};
const metric = { name: 'queue', selector: { matchLabels: { of: 'web' } } };
const external = (target: object): MetricSpec => ({
  type: 'External',
  external: { metric, target: { type: 'Value', ...target } },
});
const describedObject = { kind: 'Ingress', name: 'front', apiVersion: 'networking.k8s.io/v1' };

function observed(
  current: number,
  metrics: readonly MetricSpec[],
  readings: readonly Reading[],
  more: Partial<HorizontalPodAutoscaler['spec']> = {},
): Observed {
  const scaleTargetRef = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' };
  return {
    autoscaler: {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: metadata('web'),
      spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 10, metrics, ...more },
      status: { desiredReplicas: current, currentMetrics: [] },
    },
    scale: {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: metadata('web'),
      spec: { replicas: current },
      status: { replicas: current, selector: 'app=web' },
    },
    pods: Array.from({ length: current }, (_, i) =>
      pod(`p${i}`, { readySince: startTime, status: { startTime: '2025-01-01T00:00:00Z' } }),
    ),
    readings,
    history: noHistory,
    settings: defaultAutoscaling,
    nowMs,
  };
}

const using = (milli: number, count: number): Reading => ({
  of: 'pods',
  samples: new Map(Array.from({ length: count }, (_, i) => [`p${i}`, { milli, atMs: nowMs, windowMs: 0 }])),
});
const value = (...values: readonly number[]): Reading => ({ of: 'values', values });
const nothing: Reading = { of: 'nothing', error: 'gone' };

test('planScaling() takes the largest of what metrics ask for, and names it', () => {
  const object: MetricSpec = {
    type: 'Object',
    object: { metric, describedObject, target: { type: 'Value', value: '10' } },
  };
  const plan = planScaling(
    observed(2, [cpu, object, external({ averageValue: '5' })], [using(150, 2), value(30_000), value(5000, 7000)]),
  );
  assert.deepEqual(plan.rescale, { replicas: 4, reason: 'Ingress metric queue above target' });
  assert.deepEqual(plan.status.currentMetrics, [
    { type: 'Resource', resource: { name: 'cpu', current: { averageValue: '150m' } } },
    { type: 'Object', object: { metric, describedObject, current: { value: '30' } } },
    { type: 'External', external: { metric, current: { averageValue: '6' } } },
  ]);
  assert.equal(plan.status.conditions?.find(({ type }) => type === 'ScalingLimited')?.reason, 'ScaleUpLimit');
});

test('planScaling() prints the selector of an external metric as Go does', () => {
  const plan = planScaling(observed(2, [external({ value: '10' })], [value(20_000)]));
  assert.equal(
    plan.rescale?.reason,
    'external metric queue(&LabelSelector{MatchLabels:map[string]string{of: web,},MatchExpressions:[]LabelSelectorRequirement{},}) above target',
  );
});

test('planScaling() grows by the metrics it has, and does not shrink while one is missing', () => {
  const two = [cpu, external({ value: '10' })];
  const up = planScaling(observed(2, two, [using(200, 2), nothing]));
  assert.equal(up.rescale?.replicas, 4);
  assert.deepEqual(
    up.events.map(({ reason, message }) => [reason, message]),
    [['FailedGetExternalMetric', 'gone']],
  );
  const down = planScaling(observed(2, two, [using(10, 2), nothing]));
  assert.equal(down.rescale, undefined);
  assert.deepEqual(
    down.events.map(({ reason, message }) => `${reason} ${message}`),
    [
      'FailedGetExternalMetric gone',
      'FailedComputeMetricsReplicas invalid metrics (1 invalid out of 2), first error is: failed to get queue external metric value: gone',
    ],
  );
  const active = down.status.conditions?.find(({ type }) => type === 'ScalingActive');
  assert.deepEqual(
    [active?.status, active?.reason, active?.message],
    ['False', 'FailedGetExternalMetric', 'the HPA was unable to compute the replica count: gone'],
  );
});

test('planScaling() keeps to the tolerance that the autoscaler gives for each direction', () => {
  const rules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };
  const behavior = { scaleUp: { ...rules, tolerance: '0.05' }, scaleDown: { ...rules, stabilizationWindowSeconds: 0 } };
  const at = (milli: number, more = {}) => planScaling(observed(5, [cpu], [using(milli, 5)], more)).rescale?.replicas;
  assert.equal(at(108), undefined);
  assert.equal(at(108, { behavior }), 6);
  assert.equal(at(92, { behavior }), undefined);
  assert.equal(at(70, { behavior }), 4);
});

test('afterRescale() says how it went', () => {
  const before = observed(2, [cpu], [using(200, 2)]);
  const plan = planScaling(before);
  const able = (status: typeof plan.status) => status.conditions?.find(({ type }) => type === 'AbleToScale');
  const done = afterRescale(before, plan);
  assert.equal(able(done)?.message, 'the HPA controller was able to update the target scale to 4');
  assert.equal(done.lastScaleTime, startTime);
  const failed = afterRescale(before, plan, 'no');
  assert.deepEqual(
    [able(failed)?.status, able(failed)?.reason, failed.desiredReplicas],
    ['False', 'FailedUpdateScale', 2],
  );
});
