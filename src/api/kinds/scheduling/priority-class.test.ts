import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createErrors } from '../../testing/checked.ts';
import { priorityClassDescriptor } from './priority-class.ts';

test('priorityClassDescriptor says how a class of the system must be', () => {
  const error = (change: object): string | undefined =>
    createErrors(priorityClassDescriptor, change)[0]?.split('error: ')[1];
  const metadata = { name: 'system-node-critical' };
  assert.equal(error({ metadata, value: 2_000_001_000 }), undefined);
  assert.equal(error({ metadata, value: 1 }), 'value of system-node-critical PriorityClass must be 2000001000');
  assert.equal(
    error({ metadata, value: 2_000_001_000, globalDefault: true }),
    'globalDefault of system-node-critical PriorityClass must be false',
  );
  assert.equal(error({ metadata: { name: 'system-x' }, value: 1 }), 'system-x is not a known system priority class');
});

test('priorityClassDescriptor wants a preemption policy that is not empty', () => {
  const errors = createErrors(priorityClassDescriptor, { value: 1, preemptionPolicy: '' });
  assert.deepEqual(errors, ['preemptionPolicy: Required value']);
});
