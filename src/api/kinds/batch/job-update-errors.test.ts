import assert from 'node:assert/strict';
import { test } from 'node:test';
import { updateErrors } from '../../testing/checked.ts';
import { jobDescriptor } from './job.ts';

const labels = { 'controller-uid': 'u', 'job-name': 'a' };
const selector = { matchLabels: { 'controller-uid': 'u' } };
const pods = (change: object): object => ({
  metadata: { labels },
  spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }], ...change },
});
const job = (spec: object = {}, status: object = {}, template: object = pods({})): object => ({
  spec: { selector, template, ...spec },
  status,
});
const suspend = { suspend: true };
const heads = (errors: readonly string[]): readonly string[] => errors.map((text) => text.slice(0, text.indexOf(': ')));

test('jobUpdateErrors() checks the spec twice and shows the fields that stay', () => {
  const twice = 'spec.parallelism: Invalid value: -1: must be greater than or equal to 0';
  assert.deepEqual(updateErrors(jobDescriptor, job({ parallelism: -1, completions: 1 }), job()), [twice, twice]);
  const podFailurePolicy = { rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [1] } }] };
  const errors = updateErrors(
    jobDescriptor,
    job({ podFailurePolicy, managedBy: 'a.io/b' }),
    job({ podReplacementPolicy: 'Failed' }),
  );
  const rule =
    '{"Action":"Ignore","OnExitCodes":{"ContainerName":null,"Operator":"In","Values":[1]},"OnPodConditions":null}';
  assert.deepEqual(errors, [
    `spec.podFailurePolicy: Invalid value: {"Rules":[${rule}]}: field is immutable`,
    'spec.managedBy: Invalid value: "a.io/b": field is immutable',
  ]);
});

test('jobUpdateErrors() lets the pods of a suspended job change where they go and what they take', () => {
  const nodeAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'k', operator: 'Exists' }] }],
    },
  };
  const moved = pods({
    nodeSelector: { a: 'b' },
    tolerations: [{ operator: 'Exists' }],
    affinity: { nodeAffinity },
    containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: '1' } } }],
  });
  const before = job(suspend);
  assert.deepEqual(updateErrors(jobDescriptor, job(suspend, {}, moved), before), []);
  assert.deepEqual(updateErrors(jobDescriptor, before, job(suspend, {}, moved)), []);
  const other = pods({ affinity: { podAffinity: {} }, containers: [{ name: 'c', image: 'j' }] });
  assert.deepEqual(heads(updateErrors(jobDescriptor, job(suspend, {}, other), before)), ['spec.template.spec']);
});

test('jobUpdateErrors() closes the template once pods may run', () => {
  const moved = job({}, {}, pods({ nodeSelector: { a: 'b' } }));
  const startTime = '2020-01-01T00:00:00Z';
  const conditions = [{ type: 'Suspended', status: 'True' }];
  const closed = [job(), job(suspend, { startTime }), job(suspend, { startTime, conditions, active: 1 })];
  for (const old of closed) assert.deepEqual(heads(updateErrors(jobDescriptor, moved, old)), ['spec.template']);
  assert.deepEqual(updateErrors(jobDescriptor, moved, job(suspend, { startTime, conditions })), []);
});
