import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadValues } from './read-values.ts';

/** About a thousand bytes with what keeping it takes. */
const value = (byte: number): Uint8Array => new Uint8Array(936).fill(byte);

test('ReadValues keeps what was read last, up to its size', () => {
  const values = new ReadValues(4000);
  for (const position of [1, 2, 3]) values.keep(position, value(position));
  assert.equal(values.get(1)?.[0], 1);
  values.keep(4, value(4));
  assert.equal(values.get(2), undefined);
  for (const position of [1, 3, 4]) assert.equal(values.get(position)?.[0], position);
  values.keep(5, new Uint8Array(4001));
  assert.equal(values.get(5), undefined);
});

test('ReadValues keeps nothing when it has no room', () => {
  const values = new ReadValues(0);
  for (const bytes of [0, 1]) {
    values.keep(bytes, new Uint8Array(bytes));
    assert.equal(values.get(bytes), undefined);
  }
});
