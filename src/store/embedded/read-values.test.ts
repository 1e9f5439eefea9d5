import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadValues } from './read-values.ts';

/** About a thousand bytes with what keeping it takes. */
const value = (byte: number): Uint8Array => new Uint8Array(936).fill(byte);

test('ReadValues keeps what is read a second time, up to its size', () => {
  const values = new ReadValues(4000);
  values.noteRead(1, value(1));
  assert.equal(values.get(1), undefined);
  values.noteRead(1, value(1));
  assert.equal(values.get(1)?.[0], 1);
  for (const position of [2, 2, 3, 3, 4, 4, 5, 5]) values.noteRead(position, value(position));
  assert.equal(values.get(1), undefined);
  assert.equal(values.get(5)?.[0], 5);
});

test('ReadValues keeps nothing of a long range that is read again and again', () => {
  const values = new ReadValues(4000);
  for (let position = 0; position < 300; position += 1) {
    values.noteRead(position % 100, value(position));
    assert.equal(values.get(position % 100), undefined);
  }
});

test('ReadValues keeps nothing when it has no room', () => {
  const values = new ReadValues(0);
  for (const bytes of [0, 0, 1, 1]) values.noteRead(bytes, new Uint8Array(bytes));
  for (const position of [0, 1]) assert.equal(values.get(position), undefined);
});
