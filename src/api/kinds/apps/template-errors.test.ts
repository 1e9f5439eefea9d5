import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createErrors } from '../../testing/checked.ts';
import { replicationControllerDescriptor } from '../core/replication-controller.ts';
import { daemonSetDescriptor } from './daemon-set.ts';
import { deploymentDescriptor } from './deployment.ts';
import { statefulSetDescriptor } from './stateful-set.ts';

const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const mismatch =
  'spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`';

test('selectedTemplateErrors() tells a missing selector by what it finds: nothing', () => {
  assert.deepEqual(createErrors(deploymentDescriptor, { spec: { template } }), [
    'spec.selector: Required value',
    mismatch,
  ]);
  assert.deepEqual(createErrors(daemonSetDescriptor, { spec: { template } }), [mismatch]);
});

test('selectedTemplateErrors() looks at no template when the selector cannot be read', () => {
  const selector = { matchExpressions: [{ key: 'app', operator: 'Like' }] };
  const broken = { ...template, spec: { containers: [] } };
  const operator = 'spec.selector.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator';
  const shown = 'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"Like"}]}';
  assert.deepEqual(createErrors(deploymentDescriptor, { spec: { selector, template: broken } }), [
    operator,
    `${shown}: invalid label selector`,
  ]);
  assert.deepEqual(createErrors(statefulSetDescriptor, { spec: { selector, template: broken } }), [operator, shown]);
  assert.deepEqual(createErrors(daemonSetDescriptor, { spec: { selector, template: broken } }), [
    operator,
    'spec.template.spec.containers: Required value',
  ]);
});

test('lastingTemplateErrors() names the workload whose pods may have no deadline', () => {
  const spec = { template: { ...template, spec: { ...template.spec, activeDeadlineSeconds: 5 } } };
  const selector = { matchLabels: { app: 'x' } };
  const error = (workload: string): readonly string[] => [
    `spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ${workload} is not Supported`,
  ];
  assert.deepEqual(createErrors(deploymentDescriptor, { spec: { ...spec, selector } }), error('ReplicaSet'));
  assert.deepEqual(createErrors(daemonSetDescriptor, { spec: { ...spec, selector } }), error('DaemonSet'));
  assert.deepEqual(createErrors(statefulSetDescriptor, { spec: { ...spec, selector } }), error('StatefulSet'));
  assert.deepEqual(createErrors(replicationControllerDescriptor, { spec }), error('ReplicationController'));
});

test('deploymentErrors() shows an unknown strategy with the numbers that were not given', () => {
  const selector = { matchLabels: { app: 'x' } };
  const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const strategy = { type: 'X', rollingUpdate: {} };
  assert.deepEqual(createErrors(deploymentDescriptor, { spec: { selector, template, strategy } }), [
    'spec.strategy: Unsupported value: {"Type":"X","RollingUpdate":{"MaxUnavailable":0,"MaxSurge":0}}: supported values: "Recreate", "RollingUpdate"',
  ]);
});
