import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createErrors, updateErrors } from '../../testing/checked.ts';
import { controllerRevisionDescriptor } from './controller-revision.ts';

const negative = 'revision: Invalid value: -1: must be greater than or equal to 0';

test('controllerRevisionDescriptor wants an object for data in what is new', () => {
  assert.deepEqual(createErrors(controllerRevisionDescriptor, { revision: 1, data: {} }), []);
  assert.deepEqual(createErrors(controllerRevisionDescriptor, { revision: -1 }), [
    negative,
    'data: Required value: data is mandatory',
  ]);
  assert.deepEqual(createErrors(controllerRevisionDescriptor, { revision: 1, data: [1] }), [
    'data: Required value: data must be a valid JSON object',
  ]);
});

test('controllerRevisionDescriptor lets the number change, not the data', () => {
  const old = { revision: 1, data: { a: 1 } };
  assert.deepEqual(updateErrors(controllerRevisionDescriptor, { ...old, revision: 2 }, old), []);
  assert.deepEqual(updateErrors(controllerRevisionDescriptor, { revision: -1, data: { a: '<' } }, old), [
    negative,
    'data: Invalid value: {"a":"\\u003c"}: field is immutable',
  ]);
});
