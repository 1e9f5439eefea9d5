import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createErrors } from '../../testing/checked.ts';
import { podDisruptionBudgetDescriptor } from './pod-disruption-budget.ts';

const errors = (spec: object): readonly string[] => createErrors(podDisruptionBudgetDescriptor, { spec });

test('podDisruptionBudgetDescriptor shows the spec as Go prints it when both bounds are given', () => {
  assert.deepEqual(errors({ minAvailable: 1, maxUnavailable: '5%', selector: { matchLabels: { a: 'b' } } }), [
    'spec: Invalid value: {"MinAvailable":1,"Selector":{"matchLabels":{"a":"b"}},"MaxUnavailable":"5%","UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
  ]);
});

test('podDisruptionBudgetDescriptor takes no share above all', () => {
  assert.deepEqual(errors({ minAvailable: '100%' }), []);
  assert.deepEqual(errors({ maxUnavailable: '101%' }), [
    'spec.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
  ]);
});

test('podDisruptionBudgetDescriptor takes an empty eviction policy for an unknown one', () => {
  assert.deepEqual(errors({ minAvailable: 1, unhealthyPodEvictionPolicy: '' }), [
    'spec.unhealthyPodEvictionPolicy: Unsupported value: "": supported values: "AlwaysAllow", "IfHealthyBudget"',
  ]);
});
