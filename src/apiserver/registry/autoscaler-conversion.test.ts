import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../api/kind.ts';
import { autoscalers } from './autoscaler-conversion.ts';

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
