import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionsErrors } from './conditions-errors.ts';

const good = { type: 'Ready', status: 'True', reason: 'Good', message: '', lastTransitionTime: '2020-01-01T00:00:00Z' };

test('conditionsErrors() wants each type once, with time and reason', () => {
  const errors = (...changes: readonly object[]): readonly string[] =>
    conditionsErrors(
      changes.map((change) => ({ ...good, ...change })),
      'c',
    ).map(({ field, message }) => `${field}: ${message}`);
  assert.deepEqual(errors({}), []);
  assert.deepEqual(errors({}, { status: 'X' }), [
    'c[1].type: Duplicate value: "Ready"',
    'c[1].status: Unsupported value: "X": supported values: "False", "True", "Unknown"',
  ]);
  assert.deepEqual(errors({ observedGeneration: -1, lastTransitionTime: '', reason: '' }), [
    'c[0].observedGeneration: Invalid value: -1: must be greater than or equal to zero',
    'c[0].lastTransitionTime: Required value: must be set',
    'c[0].reason: Required value: must be set',
  ]);
  assert.match(
    errors({ reason: '1' })[0] ?? '',
    /^c\[0\]\.reason: Invalid value: "1": a condition reason must start with /,
  );
});
