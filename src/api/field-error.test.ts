import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invalid, invalidError, requiredField } from './field-error.ts';

test('invalidError() tells each field once and names all causes', () => {
  const error = invalidError('apps', 'Deployment', 'web', [requiredField('spec.a'), requiredField('spec.a')]);
  assert.equal(error.message, 'Deployment.apps "web" is invalid: spec.a: Required value');
  assert.equal(error.details?.causes?.length, 2);
});

test('invalidError() of more errors than an answer can hold says how many there are', () => {
  const one = invalid('spec.list', 'x'.repeat(1024 * 1024), 'must be shorter');
  const error = invalidError(
    '',
    'Pod',
    'web',
    Array.from({ length: 100_000 }, () => one),
  );
  assert.match(error.message, /, \.\.\. and 99993 more errors\]$/);
  assert.equal(error.details?.causes?.length, 7);
});
