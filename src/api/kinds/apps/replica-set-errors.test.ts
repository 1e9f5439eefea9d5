import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createErrors, updateErrors } from '../../testing/checked.ts';
import { replicationControllerDescriptor } from '../core/replication-controller.ts';
import { replicaSetDescriptor } from './replica-set.ts';

const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const negative = 'must be greater than or equal to 0';

test('replicationControllerErrors() come as readiness, selector, replicas, template', () => {
  const spec = { replicas: -1, minReadySeconds: -2 };
  assert.deepEqual(createErrors(replicationControllerDescriptor, { spec }), [
    `spec.minReadySeconds: Invalid value: -2: ${negative}`,
    'spec.selector: Required value',
    `spec.replicas: Invalid value: -1: ${negative}`,
    'spec.template: Required value',
  ]);
});

test('replicationControllerErrors() do not mind labels that cannot be when the pods have them not', () => {
  assert.deepEqual(createErrors(replicationControllerDescriptor, { spec: { selector: { app: 'x y' }, template } }), [
    'spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`',
  ]);
});

test('a changed replication controller is checked twice', () => {
  const old = { spec: { template } };
  const errors = updateErrors(replicationControllerDescriptor, { spec: { template, replicas: -1 } }, old);
  const error = `spec.replicas: Invalid value: -1: ${negative}`;
  assert.deepEqual(errors, [error, error]);
});

test('replicaStatusErrors() wants counts that fit together', () => {
  const spec = { selector: { matchLabels: { app: 'x' } }, template };
  const errors = updateErrors(
    replicaSetDescriptor,
    { spec, status: { replicas: 1, readyReplicas: 2, availableReplicas: 3, terminatingReplicas: -1 } },
    { spec },
    'status',
  );
  assert.deepEqual(errors, [
    `status.terminatingReplicas: Invalid value: -1: ${negative}`,
    'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
    'status.availableReplicas: Invalid value: 3: cannot be greater than status.replicas',
    'status.availableReplicas: Invalid value: 3: cannot be greater than readyReplicas',
  ]);
});
