import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dealHand } from './shuffle-shard.ts';

test('dealHand() deals different queues of the deck, and a flow the same hand each time', () => {
  for (let flow = 0; flow < 300; flow++) {
    const hand = dealHand(`flow-${flow}`, 64, 6);
    assert.equal(new Set(hand).size, 6);
    assert.ok(hand.every((queue) => queue >= 0 && queue < 64));
    assert.deepEqual(hand, dealHand(`flow-${flow}`, 64, 6));
  }
});

test('dealHand() spreads flows over all queues', () => {
  const used = new Map<number, number>();
  for (let flow = 0; flow < 2000; flow++) {
    for (const queue of dealHand(`user-${flow}`, 16, 4)) used.set(queue, (used.get(queue) ?? 0) + 1);
  }
  assert.equal(used.size, 16);
  for (const count of used.values()) assert.ok(count > 400 && count < 600, `${count} of 500 expected`);
});

test('dealHand() deals the whole deck when the hand is as large', () => {
  assert.deepEqual(
    dealHand('a', 3, 5).toSorted((a, b) => a - b),
    [0, 1, 2],
  );
});
