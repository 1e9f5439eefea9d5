import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobSpec } from '../../groups/batch.v1.ts';
import { countIndexes } from './index-intervals.ts';
import { jobSpecErrors } from './job-errors.ts';
import { failurePolicyErrors, successPolicyErrors } from './job-policy-errors.ts';

const template = { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } };

function texts(errors: ReturnType<typeof failurePolicyErrors>): readonly string[] {
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

function failing(rule: object, more: object = {}): readonly string[] {
  const spec = { template, podFailurePolicy: { rules: [rule] }, ...more };
  return texts(failurePolicyErrors(spec as unknown as JobSpec, 'spec')).map((text) =>
    text.replace('spec.podFailurePolicy.rules[0]', 'rule'),
  );
}

function succeeding(policy: object, more: object = {}): readonly string[] {
  const spec = { template, completionMode: 'Indexed', completions: 5, successPolicy: policy, ...more };
  return texts(successPolicyErrors(spec as unknown as JobSpec, 'spec'));
}

test('failurePolicyErrors() names what a rule of a failure policy lacks', () => {
  const onExitCodes = { operator: 'In', values: [1, 2] };
  assert.deepEqual(failing({ action: 'FailJob', onExitCodes }), []);
  assert.deepEqual(failing({ action: '', onExitCodes }), [
    'rule.action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]',
  ]);
  assert.deepEqual(failing({ action: 'FailIndex', onExitCodes }), [
    'rule.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
  ]);
  assert.deepEqual(failing({ action: 'FailIndex', onExitCodes }, { backoffLimitPerIndex: 1 }), []);
  assert.deepEqual(failing({ action: 'Count' }), [
    'rule: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
  ]);
  assert.deepEqual(failing({ action: 'Count', onExitCodes, onPodConditions: [{ type: 'A', status: 'Yes' }] }), [
    'rule.onPodConditions[0].status: Unsupported value: "Yes": supported values: "False", "True", "Unknown"',
    'rule: Invalid value: specifying both OnExitCodes and OnPodConditions is not supported',
  ]);
});

test('failurePolicyErrors() wants exit codes ordered, once each, and not 0 among failures', () => {
  const codes = (onExitCodes: object): readonly string[] => failing({ action: 'Count', onExitCodes });
  assert.deepEqual(codes({ operator: '', values: [3, 1, 3] }), [
    'rule.onExitCodes.operator: Required value: valid values: ["In" "NotIn"]',
    'rule.onExitCodes.values[2]: Duplicate value: 3',
    'rule.onExitCodes.values: Invalid value: [3,1,3]: must be ordered',
  ]);
  assert.deepEqual(codes({ operator: 'In', values: [0], containerName: 'x' }), [
    'rule.onExitCodes.containerName: Invalid value: "x": must be one of the container or initContainer names in the pod template',
    'rule.onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator',
  ]);
  assert.deepEqual(codes({ operator: 'NotIn', values: Array.from({ length: 256 }, (_, index) => index) }), [
    'rule.onExitCodes.values: Too many: 256: must have at most 255 items',
  ]);
});

test('successPolicyErrors() wants rules that the job can fulfil', () => {
  assert.deepEqual(succeeding({ rules: [{ succeededIndexes: '0,2-4', succeededCount: 4 }] }), []);
  assert.deepEqual(succeeding({ rules: [] }), [
    'spec.successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is specified',
  ]);
  assert.deepEqual(succeeding({ rules: [{}] }), [
    'spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified',
  ]);
  const at = 'spec.successPolicy.rules[0].succeededCount: Invalid value: 6: must be less than or equal to';
  assert.deepEqual(succeeding({ rules: [{ succeededCount: 6, succeededIndexes: '0-1' }] }), [
    `${at} 5 (the number of specified completions)`,
    `${at} 2 (the number of indexes in the specified succeededIndexes field)`,
  ]);
  assert.deepEqual(succeeding({ rules: [{ succeededCount: 1 }] }, { completionMode: 'NonIndexed' }), [
    'spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,"SucceededCount":1}]}: requires indexed completion mode',
  ]);
});

test('countIndexes() says why a text is no set of indexes', () => {
  assert.deepEqual(countIndexes('', 5), { ok: true, count: 0 });
  assert.deepEqual(countIndexes('0,2-4', 5), { ok: true, count: 4 });
  const problems: Readonly<Record<string, string>> = {
    'invalid-format': 'cannot convert string to integer for index: "invalid"',
    '0-5': 'too large index: "5"',
    '3,1': 'non-increasing order, previous: 3, current: 1',
    '3-3': 'non-increasing order, previous: 3, current: 3',
    '0-1-2':
      'the fragment "0-1-2" violates the requirement that an index interval can have at most two parts separated by \'-\'',
  };
  for (const [text, problem] of Object.entries(problems)) {
    assert.deepEqual(countIndexes(text, 5), { ok: false, problem });
  }
});

test('jobSpecErrors() bounds failed indexes and the name of another controller', () => {
  const errors = (change: object): readonly string[] =>
    texts(
      jobSpecErrors({ template, completionMode: 'Indexed', completions: 5, ...change } as unknown as JobSpec, 'spec'),
    ).filter((text) => !text.startsWith('spec.template'));
  assert.deepEqual(errors({ maxFailedIndexes: 6 }), [
    'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
    'spec.maxFailedIndexes: Invalid value: 6: must be less than or equal to completions',
  ]);
  assert.deepEqual(errors({ completions: 100_001, parallelism: 10_001, backoffLimitPerIndex: 1 }), [
    'spec.maxFailedIndexes: Required value: must be specified when completions is above 100000',
    'spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index',
  ]);
  assert.deepEqual(errors({ managedBy: `a.io/${'b'.repeat(60)}` }), [
    'spec.managedBy: Too long: may not be more than 63 bytes',
  ]);
});
