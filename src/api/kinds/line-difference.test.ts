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

test('lineDifference() keeps the longest run of equal lines, as difflib does', () => {
  // The first of the runs that are equally long (c, d of the one text) is kept, although a, b is as long.
  assert.equal(lineDifference('a\nb\nc\nd', 'c\nd\na\nx\nb'), '@@ -1,4 +1,5 @@\n-a\n-b\n c\n d\n+a\n+x\n+b\n');
});

test('lineDifference() shows a range of one line by its place, and an empty one by the line before', () => {
  assert.equal(lineDifference('a', 'b'), '@@ -1 +1 @@\n-a\n+b\n');
  assert.match(lineDifference(lines(1, 9).join('\n'), lines(1, 10).join('\n')), /^@@ -7,3 \+7,4 @@\n/);
});

test('lineDifference() of texts with many far changes ends soon, what is left being shown as replaced', () => {
  const before = Array.from({ length: 40_000 }, (_, index) => (index % 2 === 0 ? `line ${index}` : `old ${index}`));
  const after = before.map((line) => line.replace('old', 'new'));
  const difference = lineDifference(before.join('\n'), after.join('\n'));
  assert.equal(difference.match(/^\+new/gm)?.length, 20_000);
  assert.equal(difference.match(/^-old/gm)?.length, 20_000);
});
