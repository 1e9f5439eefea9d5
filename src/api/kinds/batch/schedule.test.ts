import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scheduleProblem } from './schedule.ts';

const isZone = (name: string): boolean => name === 'UTC';

test('scheduleProblem() finds nothing wrong with what cron understands', () => {
  for (const schedule of [
    '*/5 * * * *',
    '0 0 1,15 JAN-mar mon',
    '@hourly',
    '@every 5m',
    '59 23 31 12 6',
    'TZ=UTC 0 0 * * *',
    '1,,2 , *-3 * *',
  ]) {
    assert.equal(scheduleProblem(schedule, isZone), undefined, schedule);
  }
});

test('scheduleProblem() tells the first thing that is wrong', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /^empty spec string$/],
    ['* * * *', /^expected exactly 5 fields, found 4: \[\* \* \* \*\]$/],
    ['60 * * * *', /^end of range \(60\) above maximum \(59\): 60$/],
    ['* * 0 * *', /^beginning of range \(0\) below minimum \(1\): 0$/],
    ['5-2 * * * *', /^beginning of range \(5\) beyond end of range \(2\): 5-2$/],
    ['*/0 * * * *', /^step of range should be a positive number: \*\/0$/],
    ['x * * * *', /^failed to parse int from x/],
    ['@often', /^unrecognized descriptor: @often$/],
    [' @hourly', /^expected exactly 5 fields, found 1: \[@hourly\]$/],
    ['@every x', /^failed to parse duration @every x: time: invalid duration "x"$/],
    ['TZ=Nowhere * * * * *', /^provided bad location Nowhere: unknown time zone Nowhere$/],
    ['1-2-3/0/1 * * * *', /^too many hyphens: 1-2-3\/0\/1$/],
    ['70/0 * * * *', /^beginning of range \(70\) beyond end of range \(59\): 70\/0$/],
    ['*/-1 * * * *', /^negative number \(-1\) not allowed: -1$/],
  ];
  for (const [schedule, text] of cases) assert.match(scheduleProblem(schedule, isZone) ?? 'nothing', text);
});
