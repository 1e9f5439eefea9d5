import assert from 'node:assert/strict';
import { test } from 'node:test';
import { updateErrors } from '../../testing/checked.ts';
import { jobDescriptor } from './job.ts';

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } };
const [start, later] = ['2020-01-01T00:00:00Z', '2020-01-01T01:00:00Z'];
const conditions = (...types: readonly string[]): object[] => types.map((type) => ({ type, status: 'True' }));

/** `conditions` are not shown by the errors, which makes them short. */
function errors(status: object, old: object = {}, spec: object = {}): readonly string[] {
  const job = (of: object): object => ({ spec: { template, ...spec }, status: of });
  return updateErrors(jobDescriptor, job(status), job(old), 'status').map((text) => text.replace('status.', ''));
}

test('jobStatusErrors() wants each terminated pod once', () => {
  assert.deepEqual(errors({ uncountedTerminatedPods: { succeeded: ['a', ''], failed: ['a'] } }), [
    'uncountedTerminatedPods.succeeded[1]: Invalid value: "": must not be empty',
    'uncountedTerminatedPods.failed[0]: Duplicate value: "a"',
  ]);
});

test('jobStatusErrors() lets no ended job have pods', () => {
  const pods = { active: 1, terminating: 1, uncountedTerminatedPods: { failed: ['a'] } };
  assert.deepEqual(errors({ ...pods, conditions: conditions('FailureTarget', 'Failed') }), [
    'active: Invalid value: 1: active>0 is invalid for finished job',
    'startTime: Required value: startTime is required for finished job',
    'uncountedTerminatedPods: Invalid value: {"Succeeded":null,"Failed":["a"]}: must be empty for finished job',
    'terminating: Invalid value: 1: terminating>0 is invalid for finished job',
  ]);
  const done = { completionTime: later, conditions: conditions('SuccessCriteriaMet', 'Complete') };
  assert.deepEqual(errors(done, {}, { suspend: true, completions: 0 }), []);
});

test('jobStatusErrors() looks only at what the write changes', () => {
  const wrong = { active: 1, ready: 2, completedIndexes: 'x', conditions: conditions('Failed') };
  assert.deepEqual(errors({ ...wrong, succeeded: 1 }, wrong), []);
});

test('jobStatusErrors() checks indexes against the spec', () => {
  const indexed = { completionMode: 'Indexed', completions: 5, backoffLimitPerIndex: 1 };
  assert.deepEqual(errors({ completedIndexes: '0,7', failedIndexes: '0-' }, {}, indexed), [
    'completedIndexes: Invalid value: "0,7": error parsing completedIndexes: too large index: "7"',
    'failedIndexes: Invalid value: "0-": error parsing failedIndexes: cannot convert string to integer for index: ""',
  ]);
  assert.deepEqual(errors({ completedIndexes: '1-3', failedIndexes: '0,2' }, {}, indexed), [
    'failedIndexes: Invalid value: "0,2": failedIndexes and completedIndexes overlap at index: 2',
  ]);
  assert.deepEqual(errors({ completedIndexes: '0', failedIndexes: '0' }), [
    'completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode',
    'failedIndexes: Invalid value: "0": cannot set non-null failedIndexes when backoffLimitPerIndex is null',
    'failedIndexes: Invalid value: "0": failedIndexes and completedIndexes overlap at index: 0',
  ]);
});

test('jobStatusErrors() keeps the times of a job that runs, and lets it begin again when it is resumed', () => {
  assert.deepEqual(errors({}, { startTime: start }), [
    'startTime: Required value: startTime cannot be removed for unsuspended job',
  ]);
  const old = { startTime: start, conditions: conditions('Suspended') };
  assert.deepEqual(errors({ startTime: later, conditions: [{ type: 'Suspended', status: 'False' }] }, old), []);
  assert.deepEqual(errors({ startTime: later }, { startTime: start }, { suspend: true }), []);
  const done = { startTime: later, completionTime: start, conditions: conditions('SuccessCriteriaMet', 'Complete') };
  assert.deepEqual(errors(done), [
    'completionTime: Invalid value: "2020-01-01T00:00:00Z": must be equal to or after `startTime`',
  ]);
});

test('jobStatusErrors() lets the succeeded of an elastic job shrink', () => {
  const elastic = { completionMode: 'Indexed', completions: 2, parallelism: 2 };
  assert.deepEqual(errors({ succeeded: 1 }, { succeeded: 2 }, elastic), []);
  assert.deepEqual(errors({ succeeded: 1 }, { succeeded: 2 }), [
    'succeeded: Invalid value: 1: cannot decrease the succeeded counter',
  ]);
});
