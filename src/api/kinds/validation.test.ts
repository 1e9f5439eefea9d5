/** What is refused, of kinds whose checks are short: one change to a good object, and the errors it brings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Descriptor, WriteContext } from '../descriptor.ts';
import { horizontalPodAutoscalerDescriptor } from './autoscaling/horizontal-pod-autoscaler.ts';
import { jobDescriptor } from './batch/job.ts';
import { certificateSigningRequestDescriptor } from './certificates/certificate-signing-request.ts';
import { resourceClaimDescriptor } from './dynamic-resources/resource-claims.ts';
import { apiServiceDescriptor } from './extensions/api-service.ts';
import { flowSchemaDescriptor } from './flowcontrol/flow-schema.ts';
import { priorityLevelConfigurationDescriptor } from './flowcontrol/priority-level-configuration.ts';
import { runtimeClassDescriptor } from './node/runtime-class.ts';
import { storageClassDescriptor } from './storage/storage-class.ts';

const context: WriteContext = { nowMs: 0, user: 'u', groups: [], subresource: '' };

function created<T>({ validateCreate }: Descriptor<T>, object: object): readonly string[] {
  return (validateCreate?.(object as T, context) ?? []).map(({ field, message }) => `${field}: ${message}`);
}

test('flowSchemaDescriptor refuses precedence, subjects and rules that cannot be', () => {
  const rule = {
    subjects: [{ kind: 'User', user: { name: 'a' } }],
    resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: ['*'] }],
  };
  const spec = { matchingPrecedence: 5, priorityLevelConfiguration: { name: 'l' }, rules: [rule] };
  const errors = (change: object): readonly string[] =>
    created(flowSchemaDescriptor, { metadata: { name: 'f' }, spec: { ...spec, ...change } });
  assert.deepEqual(errors({}), []);
  assert.deepEqual(errors({ matchingPrecedence: 1 }), [
    "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1",
  ]);
  assert.deepEqual(errors({ rules: [{ ...rule, subjects: [{ kind: 'Group', user: { name: 'a' } }] }] }), [
    "spec.rules[0].subjects[0].group: Required value: group is required when subject kind is 'Group'",
    "spec.rules[0].subjects[0].user: Forbidden: user is forbidden when subject kind is not 'User'",
  ]);
});

test('priorityLevelConfigurationDescriptor refuses queues that cannot be dealt', () => {
  const errors = (queuing: object): readonly string[] =>
    created(priorityLevelConfigurationDescriptor, {
      metadata: { name: 'p' },
      spec: { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing } } },
    });
  assert.deepEqual(errors({ queues: 64, handSize: 8, queueLengthLimit: 50 }), []);
  assert.deepEqual(errors({ queues: 4, handSize: 8, queueLengthLimit: 50 }), [
    'spec.limited.limitResponse.queuing.handSize: Invalid value: 8: should not be greater than queues (4)',
  ]);
});

test('apiServiceDescriptor wants the name of group and version', () => {
  const spec = { group: 'g.io', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 };
  assert.deepEqual(created(apiServiceDescriptor, { metadata: { name: 'v1.g.io' }, spec }), []);
  assert.deepEqual(created(apiServiceDescriptor, { metadata: { name: 'x' }, spec: { ...spec, versionPriority: 0 } }), [
    'metadata.name: Invalid value: "x": must be `spec.version+"."+spec.group`: "v1.g.io"',
    'spec.versionPriority: Invalid value: 0: must be positive and less than 1000',
  ]);
});

test('storageClassDescriptor wants a provisioner and refuses changes', () => {
  const good = { provisioner: 'a.io/b', reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' };
  assert.deepEqual(created(storageClassDescriptor, good), []);
  assert.deepEqual(created(storageClassDescriptor, { ...good, provisioner: '', reclaimPolicy: 'Recycle' }), [
    'provisioner: Required value',
    'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
  ]);
  const changed = { ...good, parameters: { a: 'b' } };
  type Checked = Parameters<NonNullable<typeof storageClassDescriptor.validateUpdate>>[0];
  const errors = storageClassDescriptor.validateUpdate?.(
    changed as unknown as Checked,
    good as unknown as Checked,
    context,
  );
  assert.deepEqual(
    errors?.map(({ field, message }) => `${field}: ${message}`),
    ['parameters: Invalid value: {"a":"b"}: field is immutable'],
  );
});

test('resourceClaimDescriptor wants one kind of request for each name', () => {
  const exactly = { deviceClassName: 'c', allocationMode: 'ExactCount', count: 1 };
  const errors = (...requests: readonly object[]): readonly string[] =>
    created(resourceClaimDescriptor, { spec: { devices: { requests } } });
  assert.deepEqual(errors({ name: 'a', exactly }), []);
  assert.deepEqual(errors({ name: 'a', exactly }, { name: 'a' }), [
    'spec.devices.requests[1]: Required value: exactly one of `exactly` or `firstAvailable` is required',
    'spec.devices.requests[1]: Duplicate value: "a"',
  ]);
});

test('horizontalPodAutoscalerDescriptor refuses metrics without a target and rules out of bounds', () => {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };
  const errors = (change: object): readonly string[] =>
    created(horizontalPodAutoscalerDescriptor, { spec: { maxReplicas: 2, scaleTargetRef, ...change } });
  assert.deepEqual(errors({}), []);
  const pods = { metric: { name: 'm' }, target: { type: 'Value', value: '1' } };
  assert.deepEqual(errors({ metrics: [{ type: 'Pods', pods }] }), [
    'spec.metrics[0].pods.target.averageValue: Required value: must specify a positive target averageValue',
  ]);
  assert.deepEqual(errors({ behavior: { scaleUp: { stabilizationWindowSeconds: 3601, policies: [] } } }), [
    'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
    'spec.behavior.scaleUp.policies: Required value: must specify at least one Policy',
  ]);
});

test('certificateSigningRequestDescriptor refuses what is no request', () => {
  const block = '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n';
  const good = { request: Buffer.from(block).toString('base64'), signerName: 'a.io/b', usages: ['client auth'] };
  const errors = (change: object): readonly string[] =>
    created(certificateSigningRequestDescriptor, { spec: { ...good, ...change }, status: {} });
  assert.deepEqual(errors({}), []);
  assert.deepEqual(errors({ request: 'aGVsbG8=' }), [
    'spec.request: Invalid value: "aGVsbG8=": PEM block type must be CERTIFICATE REQUEST',
  ]);
  assert.deepEqual(errors({ usages: [], expirationSeconds: 599 }), [
    'spec.usages: Required value',
    'spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)',
  ]);
});

test('jobDescriptor keeps a finished job finished', () => {
  type Checked = Parameters<NonNullable<typeof jobDescriptor.validateUpdate>>[0];
  const times = { startTime: '2020-01-01T00:00:00Z', completionTime: '2020-01-01T01:00:00Z' };
  const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({ type, status: 'True' }));
  const job = (status: object): Checked =>
    ({ spec: {}, status: { ...times, conditions, ...status } }) as unknown as Checked;
  const errors = (status: object): readonly string[] =>
    (jobDescriptor.validateUpdate?.(job(status), job({}), { ...context, subresource: 'status' }) ?? []).map(
      ({ field, message }) => `${field}: ${message}`,
    );
  assert.deepEqual(errors({}), []);
  assert.deepEqual(errors({ active: 1 }), ['status.active: Invalid value: 1: active>0 is invalid for finished job']);
  assert.deepEqual(errors({ conditions: [], completionTime: null }), [
    'status.conditions: Invalid value: cannot disable the terminal Complete=True condition',
    'status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition',
  ]);
  assert.deepEqual(errors({ startTime: '2019-01-01T00:00:00Z' }), [
    'status.startTime: Invalid value: "2019-01-01T00:00:00Z": field is immutable for unsuspended job once set',
  ]);
});

test('runtimeClassDescriptor checks a change like a new object, then what may not change', () => {
  type Checked = Parameters<NonNullable<typeof runtimeClassDescriptor.validateUpdate>>[0];
  const made = { metadata: { name: 'r' }, handler: 'Bad' } as unknown as Checked;
  const old = { metadata: { name: 'r' }, handler: 'good' } as unknown as Checked;
  const errors = runtimeClassDescriptor.validateUpdate?.(made, old, context) ?? [];
  assert.equal(errors.length, 2);
  assert.match(errors[0]?.message ?? '', /a lowercase RFC 1123 label/);
  assert.equal(errors[1]?.message, 'Invalid value: "Bad": field is immutable');
});
