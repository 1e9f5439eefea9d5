import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linearPattern } from './regular-expression.ts';

test('linearPattern() fails the evaluation when the pattern cannot be read', () => {
  assert.equal(linearPattern('^a+$').test('aa'), true);
  assert.throws(() => linearPattern('('), { name: 'EvaluationError' });
});
