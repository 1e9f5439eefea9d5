import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../base/random.ts';
import { KeyIndex } from './key-index.ts';

interface Numbered {
  readonly key: string;
  readonly number: number;
}

const keyOf = (number: number): string => `/${String(number).padStart(5, '0')}`;

test('KeyIndex holds what a sorted array would', () => {
  const seed = Date.now() % 1_000_000;
  const random = seededRandom(seed);
  const upTo = (limit: number): number => Math.floor(random.next() * limit);
  const initial = Array.from({ length: 3000 }, (_, number) => ({ key: keyOf(number * 3), number }));
  const index = new KeyIndex<Numbered>(initial);
  const model = new Map(initial.map((item) => [item.key, item]));
  for (let step = 0; step < 20_000; step += 1) {
    const item = { key: keyOf(upTo(9000)), number: step };
    // Comes and goes in waves, so that chunks split and vanish.
    if (random.next() < (step % 8000 < 4000 ? 0.8 : 0.1)) {
      index.set(item);
      model.set(item.key, item);
    } else {
      index.delete(item.key);
      model.delete(item.key);
    }
    assert.equal(index.get(item.key), model.get(item.key), `seed ${seed}`);
    if (step % 500 !== 0) continue;
    const sorted = [...model.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    const [start, end] = [keyOf(upTo(9000)), keyOf(upTo(9000))];
    const between = sorted.filter(({ key }) => key >= start && key < end);
    assert.deepEqual([...index.between('', '~')], sorted, `seed ${seed}`);
    assert.deepEqual([...index.between(start, end)], between, `seed ${seed}`);
    assert.deepEqual(index.slice(start, end), between, `seed ${seed}`);
    assert.equal(index.size, model.size, `seed ${seed}`);
    assert.equal(index.count(start, end), between.length, `seed ${seed}`);
  }
});

test('KeyIndex is empty after the last key is gone', () => {
  const index = new KeyIndex<Numbered>();
  index.set({ key: 'a', number: 1 });
  index.delete('a');
  index.delete('a');
  assert.deepEqual([index.get('a'), index.count('', '~'), [...index.between('', '~')]], [undefined, 0, []]);
});
