import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadValues } from './read-values.ts';

test('ReadValues keeps what was read last, up to its size', () => {
  const values = new ReadValues(30);
  const value = (byte: number): Uint8Array => new Uint8Array(10).fill(byte);
  for (const position of [1, 2, 3]) values.keep(position, value(position));
  assert.equal(values.get(1)?.[0], 1);
  values.keep(4, value(4));
  assert.deepEqual(
    [1, 2, 3, 4].map((position) => values.get(position)?.[0]),
    [1, undefined, 3, 4],
  );
  values.keep(5, new Uint8Array(31));
  assert.equal(values.get(5), undefined);
});

test('ReadValues keeps nothing when it has no room', () => {
  const values = new ReadValues(0);
  values.keep(1, new Uint8Array(0));
  assert.equal(values.get(1), undefined);
});
