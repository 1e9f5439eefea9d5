import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalDuration, parseDuration } from './duration.ts';
import { percentOf, scaledValue } from './int-or-string.ts';
import { canonicalMicroTime, canonicalTime, formatMicroTime, formatTime, parseTime } from './time.ts';

test('canonicalTime() turns zones into UTC and cuts fractions off', () => {
  assert.equal(canonicalTime('2020-02-29T23:59:59Z'), '2020-02-29T23:59:59Z');
  assert.equal(canonicalTime('2020-01-01T00:30:00.999+01:00'), '2019-12-31T23:30:00Z');
  assert.equal(canonicalTime('0001-01-01T00:00:00Z'), '');
  assert.equal(canonicalMicroTime('2020-01-01T00:00:00.000001-00:30'), '2020-01-01T00:30:00.000001Z');
});

test('canonicalTime() names the part that it cannot read', () => {
  const layout = '"2006-01-02T15:04:05Z07:00"';
  const cases: readonly (readonly [string, string])[] = [
    ['', `parsing time "" as ${layout}: cannot parse "" as "2006"`],
    ['2020-01-01', `parsing time "2020-01-01" as ${layout}: cannot parse "" as "T"`],
    ['2020-01-01T00:00:00', `parsing time "2020-01-01T00:00:00" as ${layout}: cannot parse "" as "Z07:00"`],
    ['2020-13-01T00:00:00Z', 'parsing time "2020-13-01T00:00:00Z": month out of range'],
    ['2021-02-29T00:00:00Z', 'parsing time "2021-02-29T00:00:00Z": day out of range'],
    ['2020-01-01T24:00:00Z', 'parsing time "2020-01-01T24:00:00Z": hour out of range'],
    ['2020-01-45T', `parsing time "2020-01-45T" as ${layout}: cannot parse "" as "15"`],
    ['2020-01-45T00:00:00+25:00', 'parsing time "2020-01-45T00:00:00+25:00": time zone offset hour out of range'],
    ['2020-01-45T00:00:00Z', 'parsing time "2020-01-45T00:00:00Z": day out of range'],
    ['"\\é\n', String.raw`parsing time "\"\\\xc3\xa9\x0a" as ${layout}: cannot parse "\"\\\xc3\xa9\x0a" as "2006"`],
    ['2020-01-01T00:00:00Zx', 'parsing time "2020-01-01T00:00:00Zx": extra text: "x"'],
  ];
  for (const [text, message] of cases) assert.throws(() => canonicalTime(text), { name: 'TimeError', message });
  assert.throws(() => canonicalMicroTime('2020-01-01T00:00:00.1234567Z'), {
    message: /: cannot parse "7Z" as "Z07:00"$/,
  });
});

test('times are written as they are read', () => {
  const ms = Date.UTC(2026, 10, 22, 20, 46, 1, 234);
  assert.equal(formatTime(ms), '2026-11-22T20:46:01Z');
  assert.equal(formatMicroTime(ms), '2026-11-22T20:46:01.234000Z');
  assert.equal(parseTime(formatMicroTime(ms)), ms);
});

test('canonicalDuration() writes lengths as Go does', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['90s', '1m30s'],
    ['1h', '1h0m0s'],
    ['1500ms', '1.5s'],
    ['0', '0s'],
    ['-2us', '-2µs'],
    ['1.5h', '1h30m0s'],
    ['300ms', '300ms'],
  ];
  for (const [text, canonical] of cases) assert.equal(canonicalDuration(text), canonical);
  assert.equal(parseDuration('1m1ms'), 60_001);
  for (const text of ['', '1', '1x', 'm', '1s ']) assert.throws(() => parseDuration(text), { name: 'DurationError' });
});

test('scaledValue() takes numbers and shares', () => {
  assert.equal(scaledValue(3, 10, 'up'), 3);
  assert.equal(scaledValue('25%', 10, 'up'), 3);
  assert.equal(scaledValue('25%', 10, 'down'), 2);
  assert.equal(percentOf('x'), undefined);
  assert.throws(() => scaledValue('5', 10, 'up'), { name: 'PercentError' });
});
