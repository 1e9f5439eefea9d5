import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linearPattern, patternProblem } from './regular-expression.ts';

test("linearPattern() reads Go's dialect", () => {
  assert.equal(linearPattern('(?i)^abc\\z').test('ABC'), true);
  assert.equal(linearPattern('^[[:alpha:]]+$').test('ab1'), false);
  assert.equal(linearPattern('^\\pL+$').test('äß'), true);
  assert.deepEqual(linearPattern('[a-z]\\d').all('a1 b2 c3', 2), ['a1', 'b2']);
});

test('linearPattern() needs time in proportion to the text', () => {
  assert.equal(linearPattern('^(a|a)*$').test(`${'a'.repeat(100_000)}b`), false);
});

test('patternProblem() tells why a pattern cannot be read', () => {
  assert.equal(patternProblem('a+'), undefined);
  assert.match(patternProblem('[') ?? '', /missing closing \]/);
  assert.match(patternProblem('(?=a)') ?? '', /invalid or unsupported Perl syntax/);
  assert.throws(() => linearPattern('('), { name: 'EvaluationError' });
});
