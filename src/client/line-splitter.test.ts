import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../base/random.ts';
import { LineSplitter } from './line-splitter.ts';

test('LineSplitter.push() gives the same lines however the bytes are cut', () => {
  const lines = ['{"a":1}', '', 'ö€😀', 'x'.repeat(5000), 'last'];
  const bytes = Buffer.from(`${lines.join('\n')}\ncut off`);
  const random = seededRandom(3);
  for (let round = 0; round < 200; round++) {
    const splitter = new LineSplitter();
    const seen: string[] = [];
    for (let at = 0; at < bytes.length;) {
      const size = 1 + Math.floor(random.next() ** 4 * 3000);
      seen.push(...splitter.push(bytes.subarray(at, at + size)));
      at += size;
    }
    assert.deepEqual(seen, lines);
  }
});

test('LineSplitter.push() handles a large line in small pieces in linear time', () => {
  const splitter = new LineSplitter();
  const piece = new Uint8Array(100).fill(120);
  for (let i = 0; i < 200_000; i++) assert.equal([...splitter.push(piece)].length, 0);
  assert.equal([...splitter.push(Uint8Array.of(10))][0]?.length, 20_000_000);
});
