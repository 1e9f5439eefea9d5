import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { virtualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { seededRandom } from '../base/random.ts';
import { WorkQueue, type WorkResult } from './work-queue.ts';

function setUp(workers = 1) {
  const clock = virtualClock();
  const queue = new WorkQueue({ clock, random: seededRandom(1), log: silentLog, workers });
  const stop = new AbortController();
  return { clock, queue, stop };
}

test('WorkQueue.add() lets a key wait once', async () => {
  const { queue, stop } = setUp();
  const seen: string[] = [];
  for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
  assert.equal(queue.depth, 3);
  const ended = queue.run(stop.signal, async (key) => void seen.push(key));
  await turn();
  assert.deepEqual(seen, ['a', 'b', 'c']);
  stop.abort();
  await ended;
});

test('WorkQueue.run() never processes a key twice at a time, and again when it was added meanwhile', async () => {
  const { queue, stop } = setUp(4);
  const gates: (() => void)[] = [];
  const seen: string[] = [];
  const ended = queue.run(stop.signal, (key) => {
    seen.push(key);
    return new Promise((resolve) => gates.push(() => resolve()));
  });
  queue.add('a');
  await turn();
  queue.add('a');
  queue.add('a');
  queue.add('b');
  await turn();
  assert.deepEqual(seen, ['a', 'b']);
  assert.equal(queue.depth, 1);
  assert.equal(queue.processing, 2);
  gates[0]?.();
  await turn();
  assert.deepEqual(seen, ['a', 'b', 'a']);
  assert.equal(queue.depth, 0);
  stop.abort();
  for (const open of gates) open();
  await ended;
});

test('WorkQueue.run() holds at most `workers` keys and drains all', async () => {
  const { queue, stop } = setUp(3);
  let most = 0;
  const done: string[] = [];
  const ended = queue.run(stop.signal, async (key) => {
    most = Math.max(most, queue.processing);
    await turn();
    done.push(key);
  });
  for (let i = 0; i < 50; i++) queue.add(`key-${i}`);
  while (done.length < 50) await turn();
  assert.equal(most, 3);
  stop.abort();
  await ended;
});

test('WorkQueue.run() tries a failed key again after a growing delay, which success resets', async () => {
  const { clock, queue, stop } = setUp();
  let failing = true;
  const times: number[] = [];
  const start = clock.now();
  const ended = queue.run(stop.signal, async () => {
    times.push(clock.now() - start);
    if (failing) throw new Error('not yet');
  });
  queue.add('a');
  for (let i = 0; i < 200; i++) {
    await turn();
    clock.advance(1);
  }
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  assert.deepEqual(gaps.length, 5);
  gaps.forEach((gap, i) => assert.ok(gap >= 5 * 2 ** i && gap <= 5 * 2 ** i * 1.2 + 1, `gap ${i} is ${gap}`));
  failing = false;
  queue.add('a');
  await turn();
  assert.equal(queue.failures('a'), 0);
  stop.abort();
  await ended;
  assert.equal(queue.delayed, 0);
});

test('WorkQueue.addAfter() keeps the earliest of several times', async () => {
  const { clock, queue, stop } = setUp();
  const times: number[] = [];
  const start = clock.now();
  const ended = queue.run(stop.signal, async () => void times.push(clock.now() - start));
  queue.addAfter('a', 50);
  queue.addAfter('a', 20);
  queue.addAfter('a', 90);
  assert.equal(queue.delayed, 1);
  for (let i = 0; i < 100; i++) {
    clock.advance(1);
    await turn();
  }
  assert.deepEqual(times, [20]);
  stop.abort();
  await ended;
});

test('WorkQueue.run() looks again after `afterMs` when the worker asks for it', async () => {
  const { clock, queue, stop } = setUp();
  let runs = 0;
  const ended = queue.run(stop.signal, async (): Promise<WorkResult> => (++runs === 1 ? { afterMs: 30 } : undefined));
  queue.add('a');
  await turn();
  clock.advance(29);
  await turn();
  assert.equal(runs, 1);
  clock.advance(1);
  await turn();
  assert.equal(runs, 2);
  assert.equal(queue.delayed, 0);
  stop.abort();
  await ended;
});

test('WorkQueue.run() resolves only when the runs under way have ended', async () => {
  const { queue, stop } = setUp();
  let open = (): void => undefined;
  let ended = false;
  const end = queue
    .run(stop.signal, () => new Promise((resolve) => (open = () => resolve())))
    .then(() => (ended = true));
  queue.add('a');
  queue.add('b');
  await turn();
  stop.abort();
  await turn();
  assert.equal(ended, false);
  open();
  await end;
  assert.equal(queue.depth, 1);
});
