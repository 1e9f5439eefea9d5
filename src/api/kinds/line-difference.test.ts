import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineDifference } from './line-difference.ts';

const lines = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

test('lineDifference() says nothing about equal texts', () => {
  assert.equal(lineDifference('a\nb', 'a\nb'), '');
});

test('lineDifference() shows a changed line with three around it', () => {
  const before = lines(1, 9).join('\n');
  const after = before.replace('line 5', 'five');
  assert.equal(
    lineDifference(before, after),
    '@@ -2,7 +2,7 @@\n line 2\n line 3\n line 4\n-line 5\n+five\n line 6\n line 7\n line 8\n',
  );
});

test('lineDifference() makes one hunk of each far change', () => {
  const before = lines(1, 30).join('\n');
  const after = before.replace('line 2\n', 'two\n').replace('line 29', 'twenty-nine');
  const hunks = lineDifference(before, after).match(/^@@.*$/gm);
  assert.deepEqual(hunks, ['@@ -1,5 +1,5 @@', '@@ -26,5 +26,5 @@']);
});
