import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessModesText, age, durationText, firstFew, labelsText, selectorText } from './cells.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test('durationText() is coarser the longer it lasts', () => {
  const cases: readonly (readonly [number, string])[] = [
    [-5 * second, '<invalid>'],
    [-second, '0s'],
    [0, '0s'],
    [119 * second, '119s'],
    [2 * minute, '2m'],
    [9 * minute + 59 * second, '9m59s'],
    [10 * minute + 30 * second, '10m'],
    [179 * minute, '179m'],
    [3 * hour, '3h'],
    [7 * hour + 59 * minute, '7h59m'],
    [47 * hour, '47h'],
    [2 * day, '2d'],
    [7 * day + 23 * hour, '7d23h'],
    [729 * day, '729d'],
    [730 * day, '2y'],
    [731 * day, '2y1d'],
    [8 * 365 * day + 40 * day, '8y'],
  ];
  for (const [milliseconds, text] of cases) assert.equal(durationText(milliseconds), text);
});

test('age() knows no age without a timestamp', () => {
  for (const missing of [undefined, null, '']) assert.equal(age(missing, 0), '<unknown>');
  assert.equal(age('2020-01-01T00:00:00Z', Date.parse('2020-01-01T00:00:42Z')), '42s');
});

test('selectorText() writes labels and expressions sorted by key', () => {
  assert.equal(selectorText(undefined), '<none>');
  assert.equal(selectorText({}), '<none>');
  const selector = {
    matchLabels: { b: '1' },
    matchExpressions: [
      { key: 'c', operator: 'Exists' },
      { key: 'a', operator: 'NotIn', values: ['z', 'y'] },
      { key: 'd', operator: 'DoesNotExist' },
    ],
  };
  assert.equal(selectorText(selector), 'a notin (y,z),b=1,c,!d');
});

test('labelsText(), accessModesText() and firstFew() write short lists', () => {
  assert.equal(labelsText({ b: '2', a: '1' }), 'a=1,b=2');
  assert.equal(labelsText({}), '<none>');
  assert.equal(accessModesText(['ReadWriteMany', 'ReadWriteOnce']), 'RWO,RWX');
  assert.equal(firstFew(['a', 'b', 'c', 'd'], 3), 'a,b,c + 1 more...');
  assert.equal(firstFew(['a'], 3), 'a');
});
