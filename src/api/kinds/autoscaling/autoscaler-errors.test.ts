import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createErrors, updateErrors } from '../../testing/checked.ts';
import { horizontalPodAutoscalerDescriptor } from './horizontal-pod-autoscaler.ts';

const scaler = (kind: string, apiVersion?: string): object => ({
  spec: { scaleTargetRef: { kind, name: 'd', apiVersion }, maxReplicas: 2 },
});
const noGroup = (apiVersion: string): string =>
  `spec.scaleTargetRef.apiVersion: Invalid value: "${apiVersion}": apiVersion must specify API group`;

test('autoscalerErrors() wants the group of a target, but for replication controllers', () => {
  assert.deepEqual(createErrors(horizontalPodAutoscalerDescriptor, scaler('Deployment', 'v1')), [noGroup('v1')]);
  assert.deepEqual(createErrors(horizontalPodAutoscalerDescriptor, scaler('Deployment', 'apps/v1')), []);
  assert.deepEqual(createErrors(horizontalPodAutoscalerDescriptor, scaler('ReplicationController', 'v1')), []);
});

test('autoscalerErrors() do not hold an old target against a change', () => {
  const old = scaler('Deployment');
  assert.deepEqual(updateErrors(horizontalPodAutoscalerDescriptor, old, old), []);
  assert.deepEqual(updateErrors(horizontalPodAutoscalerDescriptor, old, scaler('Deployment', 'apps/v1')), [
    noGroup(''),
  ]);
});
