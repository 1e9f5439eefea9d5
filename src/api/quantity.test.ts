import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  multiplyQuantity,
  parseQuantity,
  quantityToMilli,
  quantityToNumber,
} from './quantity.ts';

test('canonicalQuantity() writes the largest suffix that loses nothing', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['0', '0'],
    ['0.0', '0'],
    ['1000m', '1'],
    ['0.1', '100m'],
    ['1.5', '1500m'],
    ['1.5Gi', '1536Mi'],
    ['0.5Gi', '512Mi'],
    ['2048Mi', '2Gi'],
    ['1024', '1024'],
    ['1000', '1k'],
    ['1e3', '1e3'],
    ['12e2', '1200'],
    ['1E', '1E'],
    ['0.5Ki', '512'],
    ['0.0001Ki', '102400u'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['-0.1n', '-1n'],
    ['-1500m', '-1500m'],
    ['+5', '+5'],
    ['100000000000000000000', '100E'],
    ['9Ei', '9223372036854775807'],
    ['128974848', '128974848'],
    ['129e6', '129e6'],
    ['129M', '129M'],
    ['123Mi', '123Mi'],
    ['1.', '1.'],
    ['.5', '500m'],
  ];
  for (const [text, canonical] of cases) assert.equal(canonicalQuantity(text), canonical, text);
});

test('parseQuantity() refuses what is no quantity', () => {
  for (const text of ['', 'abc', '1Zi', '1 Gi', '1..5', '--1', '1Gib', 'one']) {
    assert.throws(() => parseQuantity(text), { name: 'QuantityError' }, text);
  }
});

test('quantities are added, compared and multiplied exactly', () => {
  const sum = addQuantities(parseQuantity('100m'), parseQuantity('0.9'));
  assert.equal(formatQuantity(sum), '1');
  assert.equal(compareQuantities(parseQuantity('1Gi'), parseQuantity('1G')), 1);
  assert.equal(compareQuantities(parseQuantity('1000m'), parseQuantity('1')), 0);
  assert.equal(formatQuantity(multiplyQuantity(parseQuantity('512Mi'), 3)), '1536Mi');
  assert.equal(quantityToMilli(parseQuantity('1.5')), 1500);
  assert.equal(quantityToNumber(parseQuantity('100m')), 1);
});
