import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from './turns.ts';

test('Turns.run() keeps to its limit and to the order, also when work fails', async () => {
  const turns = new Turns(2);
  const log: string[] = [];
  const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const runs = gates.map((gate, index) =>
    turns.run(async () => {
      log.push(`begin ${index}`);
      await gate.promise;
      if (index === 1) throw new Error('failed');
      return index;
    }),
  );
  const settled = Promise.allSettled(runs);
  await Promise.resolve();
  assert.deepEqual(log, ['begin 0', 'begin 1']);
  for (const gate of gates.toReversed()) gate.resolve();
  const results = (await settled).map((each) => (each.status === 'fulfilled' ? each.value : 'failed'));
  assert.deepEqual(results, [0, 'failed', 2, 3]);
  assert.deepEqual(log, ['begin 0', 'begin 1', 'begin 2', 'begin 3']);
});
