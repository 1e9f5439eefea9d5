import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patternProblem, readPattern, type LinearPattern } from './linear-pattern.ts';

function read(source: string): LinearPattern {
  const pattern = readPattern(source);
  if (typeof pattern === 'string') throw new Error(pattern);
  return pattern;
}

test("readPattern() reads Go's dialect", () => {
  assert.equal(read('(?i)^abc\\z').test('ABC'), true);
  assert.equal(read('^[[:alpha:]]+$').test('ab1'), false);
  assert.equal(read('^\\pL+$').test('äß'), true);
  assert.equal(read('^(?P<n>a)(?P<n>b)$').test('ab'), true);
  assert.deepEqual(read('[a-z]\\d').all('a1 b2 c3', 2), ['a1', 'b2']);
});

test('readPattern() needs time in proportion to the text', () => {
  assert.equal(read('^(a|a)*$').test(`${'a'.repeat(100_000)}b`), false);
});

const problems: readonly (readonly [pattern: string, problem: string | undefined])[] = [
  ['a+', undefined],
  ['^*', undefined],
  ['a{,5}', undefined],
  ['[', 'missing closing ]: `[`'],
  ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
  ['(?<!a)', 'invalid named capture: `(?<!a)`'],
  ['a{2,1}', 'invalid repeat count: `{2,1}`'],
  ['a**', 'invalid nested repetition operator: `**`'],
  ['[z-a]', 'invalid character class range: `z-a`'],
  ['\\y', 'invalid escape sequence: `\\y`'],
  ['a\\', 'trailing backslash at end of expression: ``'],
  ['a)', 'unexpected ): `a)`'],
];

for (const [pattern, problem] of problems) {
  test(`patternProblem() says of ${pattern} what Go says`, () => {
    assert.equal(patternProblem(pattern), problem === undefined ? undefined : `error parsing regexp: ${problem}`);
  });
}
