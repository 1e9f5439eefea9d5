import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../../descriptor.ts';
import type { PodSpec } from '../../groups/core.v1.ts';
import { dropOldAnnotations, podOnlyDefaults, podSpecDefaults } from './defaults.ts';
import { podQosClass } from './qos.ts';

function defaulted(spec: object): PodSpec {
  const draft = structuredClone(spec) as Draft<PodSpec>;
  podSpecDefaults(draft);
  podOnlyDefaults(draft);
  return draft as PodSpec;
}

test('podSpecDefaults() pulls images without a fixed tag always', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.25', 'IfNotPresent'],
    ['localhost:5000/nginx', 'Always'],
    ['nginx@sha256:0d17b565c37bcbd895e9d92315a05c1c3c9a29f762b011a10c54a66cd53c9b31', 'IfNotPresent'],
    ['', 'IfNotPresent'],
  ];
  for (const [image, policy] of cases) {
    assert.equal(defaulted({ containers: [{ name: 'c', image }] }).containers[0]?.imagePullPolicy, policy);
  }
});

test('podOnlyDefaults() makes a request of a limit', () => {
  const { containers } = defaulted({
    containers: [{ name: 'c', resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } } }],
  });
  assert.deepEqual(containers[0]?.resources.requests, { cpu: '500m', memory: '1Gi' });
});

test('podOnlyDefaults() sums up the containers for the request of the pod', () => {
  const container = { name: 'c', resources: { requests: { memory: '1Gi' } } };
  const { resources } = defaulted({
    containers: [container, { ...container, name: 'd' }],
    resources: { limits: { cpu: '2', memory: '4Gi' } },
  });
  assert.deepEqual(resources?.requests, { cpu: '2', memory: '2Gi' });
});

test('podQosClass() is guaranteed only when all limits are requests', () => {
  const pod = (resources: object): PodSpec => defaulted({ containers: [{ name: 'c', resources }] });
  assert.equal(podQosClass(pod({})), 'BestEffort');
  assert.equal(podQosClass(pod({ limits: { cpu: '1', memory: '1Gi' } })), 'Guaranteed');
  assert.equal(podQosClass(pod({ requests: { cpu: '1' } })), 'Burstable');
});

test('dropOldAnnotations() drops init containers as they once were', () => {
  const metadata: { annotations?: Record<string, string> } = {
    annotations: { 'pod.beta.kubernetes.io/init-containers': 'x', a: 'b' },
  };
  dropOldAnnotations(metadata);
  assert.deepEqual(metadata.annotations, { a: 'b' });
});
