import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalDuration, parseDuration } from './duration.ts';

test('parseDuration() says in the words of Go what is wrong', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', 'time: invalid duration ""'],
    ['abc', 'time: invalid duration "abc"'],
    ['1', 'time: missing unit in duration "1"'],
    ['1h2', 'time: missing unit in duration "1h2"'],
    ['1é', String.raw`time: unknown unit "\xc3\xa9" in duration "1\xc3\xa9"`],
    ['3000000h', 'time: invalid duration "3000000h"'],
  ];
  for (const [text, message] of cases) assert.throws(() => parseDuration(text), { message }, text);
});

test('canonicalDuration() writes lengths as Go does', () => {
  const cases = { '90m': '1h30m0s', '-1.5h': '-1h30m0s', '0': '0s', '1500us': '1.5ms', '.5s': '500ms' };
  for (const [given, written] of Object.entries(cases)) assert.equal(canonicalDuration(given), written);
});
