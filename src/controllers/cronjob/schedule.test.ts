import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextTimeMs, parseSchedule } from './schedule.ts';

const tables: readonly (readonly [schedule: string, after: string, next: string, zone?: string])[] = [
  ['* * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z'],
  ['* * * * *', '2026-01-01T00:00:30Z', '2026-01-01T00:01:00Z'],
  ['*/15 * * * *', '2026-01-01T00:46:00Z', '2026-01-01T01:00:00Z'],
  ['5 4 * * *', '2026-01-01T05:00:00Z', '2026-01-02T04:05:00Z'],
  ['0 0 1 1 *', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
  ['@monthly', '2026-01-15T12:00:00Z', '2026-02-01T00:00:00Z'],
  ['0 12 * * MON-FRI', '2026-01-02T13:00:00Z', '2026-01-05T12:00:00Z'],
  ['0 12 13 * FRI', '2026-01-03T00:00:00Z', '2026-01-09T12:00:00Z'],
  ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
  ['30 2-4/2 * * 7', '2026-01-01T00:00:00Z', '2026-01-04T02:30:00Z'],
  ['0 9 * * *', '2026-01-01T00:00:00Z', '2026-01-01T08:00:00Z', 'Europe/Berlin'],
  ['0 9 * * *', '2026-07-01T00:00:00Z', '2026-07-01T07:00:00Z', 'Europe/Berlin'],
  ['30 2 * * *', '2026-03-28T12:00:00Z', '2026-03-30T00:30:00Z', 'Europe/Berlin'],
];

for (const [schedule, after, next, zone] of tables) {
  test(`nextTimeMs() of "${schedule}" after ${after} is ${next}`, () => {
    const atMs = nextTimeMs(parseSchedule(schedule, zone), Date.parse(after));
    assert.equal(new Date(atMs ?? 0).toISOString().replace('.000', ''), next);
  });
}

test('nextTimeMs() is undefined for a day that never comes', () => {
  assert.equal(nextTimeMs(parseSchedule('0 0 30 2 *'), Date.UTC(2026, 0)), undefined);
});

test('parseSchedule() refuses what it cannot read', () => {
  for (const text of ['', '* * * *', '60 * * * *', '* * 0 * *', 'x * * * *', '*/0 * * * *', '@sometimes']) {
    assert.throws(() => parseSchedule(text), RangeError, text);
  }
});

test('parseSchedule() takes the zone that stands before the fields', () => {
  for (const prefix of ['TZ', 'CRON_TZ']) {
    const schedule = parseSchedule(`${prefix}=Asia/Tokyo 0 9 * * *`, 'Europe/Berlin');
    assert.equal(nextTimeMs(schedule, Date.parse('2026-01-01T12:00:00Z')), Date.parse('2026-01-02T00:00:00Z'));
  }
  assert.throws(
    () => parseSchedule('TZ=Nowhere/Land 0 9 * * *'),
    /provided bad location Nowhere\/Land: unknown time zone/,
  );
});

test('nextTimeMs() counts @every from the time before', () => {
  const next = (text: string, after: string) =>
    new Date(nextTimeMs(parseSchedule(text), Date.parse(after)) ?? 0).toISOString();
  assert.equal(next('@every 1h30m', '2026-01-01T00:10:00Z'), '2026-01-01T01:40:00.000Z');
  assert.equal(next('@every 1500ms', '2026-01-01T00:00:00.900Z'), '2026-01-01T00:00:01.000Z');
  assert.equal(next('@every 1ms', '2026-01-01T00:00:00Z'), '2026-01-01T00:00:01.000Z');
});
