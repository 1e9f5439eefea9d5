import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packValues, unpackValues } from './pack.ts';

test('unpackValues() gives back what packValues() was given', () => {
  const of = (length: number): Uint8Array => new Uint8Array(length).fill(length % 256);
  const lists: (Uint8Array | undefined)[][] = [
    [],
    [undefined],
    [of(0)],
    [of(1), undefined, of(0), of(2)],
    [of(70_000), of(0), of(3), of(65_536), undefined],
    Array.from({ length: 1000 }, (_, index) => of(index)),
  ];
  for (const values of lists) assert.deepEqual(unpackValues(packValues(values)), values);
});

test('packValues() keeps blocks small, whatever buffer a value is a part of', () => {
  const pool = new Uint8Array(1_000_000);
  const { blocks } = packValues(Array.from({ length: 500 }, (_, index) => pool.subarray(index, index + 1024)));
  assert.ok(blocks.every((block) => block.buffer.byteLength <= 65 * 1024));
});
