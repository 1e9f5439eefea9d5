import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createErrors, sent } from '../../testing/checked.ts';
import type { KubeObject } from '../../kind.ts';
import { horizontalPodAutoscalerV1Descriptor } from './horizontal-pod-autoscaler.ts';
import { autoscalers, keepNotes } from './version-one.ts';

const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } };
const memory = {
  type: 'Resource',
  resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '5Mi' } },
};
const external = { type: 'External', external: { metric: { name: 'e' }, target: { type: 'Value', value: '30' } } };
const behavior = { scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }] } };

const stored = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'a', annotations: { own: 'kept' } },
  spec: { maxReplicas: 5, metrics: [cpu, memory, external], behavior },
  status: {
    desiredReplicas: 0,
    currentMetrics: [
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 7, averageValue: '1' } } },
    ],
  },
} as unknown as KubeObject;

test('autoscalers.toServed() tells the old version of the processor, and the rest in annotations', () => {
  const { metadata, spec, status } = autoscalers.toServed(stored) as unknown as {
    readonly metadata: { readonly annotations: Record<string, string> };
    readonly spec: object;
    readonly status: object;
  };
  assert.deepEqual(spec, { maxReplicas: 5, targetCPUUtilizationPercentage: 60 });
  assert.deepEqual(status, { currentReplicas: 0, desiredReplicas: 0, currentCPUUtilizationPercentage: 7 });
  const prefix = 'autoscaling.alpha.kubernetes.io/';
  assert.equal(
    metadata.annotations[`${prefix}metrics`],
    '[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"5Mi"}},{"type":"External","external":{"metricName":"e","targetValue":"30"}}]',
  );
  assert.equal(
    metadata.annotations[`${prefix}behavior`],
    '{"ScaleDown":{"SelectPolicy":"Max","Policies":[{"Type":"Pods","Value":4,"PeriodSeconds":15}]}}',
  );
});

test('autoscalers.toStored() reads the annotations back, the processor last', () => {
  const back = autoscalers.toStored(autoscalers.toServed(stored)) as unknown as {
    readonly metadata: object;
    readonly spec: object;
    readonly status: object;
  };
  assert.deepEqual(back.metadata, { name: 'a', annotations: { own: 'kept' } });
  assert.deepEqual(back.spec, { maxReplicas: 5, metrics: [memory, external, cpu], behavior });
  assert.deepEqual(back.status, (stored as unknown as { readonly status: object }).status);
});

test('autoscalers.toStored() takes annotations that cannot be read for none', () => {
  const annotations = { 'autoscaling.alpha.kubernetes.io/metrics': '{' };
  const served = { metadata: { name: 'a', annotations }, spec: { maxReplicas: 1 }, status: {} };
  const { spec, status } = autoscalers.toStored(served as unknown as KubeObject) as unknown as Record<string, unknown>;
  assert.deepEqual([spec, status], [{ maxReplicas: 1 }, { currentMetrics: null }]);
});

test('version one checks what its annotations say, and adds the processor only where they name no metric', () => {
  const prefix = 'autoscaling.alpha.kubernetes.io/';
  const scaler = (name: string, value: unknown, more: object = {}): object => ({
    metadata: { annotations: { [prefix + name]: typeof value === 'string' ? value : JSON.stringify(value) } },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' }, maxReplicas: 2, ...more },
  });
  const percentage = (object: object): unknown =>
    sent(horizontalPodAutoscalerV1Descriptor, object).spec.targetCPUUtilizationPercentage;
  const pods = [{ type: 'Pods', pods: { metricName: 'm', targetAverageValue: '1' } }];
  assert.equal(percentage(scaler('metrics', pods)), undefined);
  for (const unread of ['[]', '5', '[5]', 'null', '{']) assert.equal(percentage(scaler('metrics', unread)), 80);
  const either = 'Forbidden: may not set both a target value for metric and a per-pod target';
  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['metrics', pods, []],
    [
      'metrics',
      [{ type: 'Pods', pods: { metricName: '' } }],
      [
        'spec.metrics[0].pods.metric.name: Required value: must specify a metric name',
        'spec.metrics[0].pods.target.averageValue: Invalid value: "0": must be positive',
      ],
    ],
    [
      'metrics',
      [{ type: 'External', external: { metricName: 'q', targetValue: '2', targetAverageValue: '1' } }],
      [`spec.metrics[0].external.target.value: ${either}`],
    ],
    [
      'behavior',
      { ScaleUp: { StabilizationWindowSeconds: 5000 } },
      [
        'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 5000: must be less than or equal to 3600',
        'spec.behavior.scaleUp.policies: Required value: must specify at least one Policy',
      ],
    ],
    ['behavior', '{}', []],
  ];
  for (const [name, value, expected] of cases) {
    assert.deepEqual(createErrors(horizontalPodAutoscalerV1Descriptor, scaler(name, value)), expected);
  }
});

test('keepNotes() leaves a part with what annotations say of it', () => {
  const prefix = 'autoscaling.alpha.kubernetes.io/';
  const notes = (value: string): Record<string, string> => ({
    own: value,
    [`${prefix}metrics`]: value,
    [`${prefix}conditions`]: value,
  });
  const kept = (old: object, part: 'spec' | 'status'): unknown => {
    const metadata = { name: 'a', annotations: notes('new') } as unknown as Parameters<typeof keepNotes>[0];
    keepNotes(metadata, old, part);
    return metadata.annotations;
  };
  const old = { annotations: notes('old') };
  assert.deepEqual(kept(old, 'status'), { ...notes('new'), [`${prefix}conditions`]: 'old' });
  assert.deepEqual(kept(old, 'spec'), { ...notes('new'), [`${prefix}metrics`]: 'old' });
  assert.deepEqual(kept({}, 'status'), { own: 'new', [`${prefix}metrics`]: 'new' });
});
