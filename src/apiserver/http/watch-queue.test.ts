import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Entry } from '../registry/entry.ts';
import type { WatchItem } from '../registry/watch.ts';
import { watchFrames } from './watch-frames.ts';
import { WatchQueue, type Batch } from './watch-queue.ts';

const uid = '00000000-0000-4000-8000-000000000000';

function batchOf(count: number, size: number, first = 1): Batch {
  return Array.from({ length: count }, (_, i): WatchItem => {
    const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a', uid }, data: { k: 'x'.repeat(size) } };
    return { type: 'ADDED', entry: new Entry('/a', first + i, Buffer.from(JSON.stringify(object))) };
  });
}

/** A client that takes everything once it is told to. */
function slowClient() {
  const state = { chunks: [] as Buffer[], unread: 0, waiting: [] as (() => void)[] };
  const queue = new WatchQueue(
    {
      write: (chunk, taken) => {
        state.chunks.push(Buffer.from(chunk));
        state.unread += chunk.length;
        state.waiting.push(taken);
      },
      queuedBytes: () => state.unread,
      end: () => undefined,
      drop: () => undefined,
    },
    (batches) => watchFrames(batches, () => ''),
  );
  const take = (): void => {
    const { waiting } = state;
    state.unread = 0;
    state.waiting = [];
    for (const taken of waiting) taken();
  };
  return { queue, state, take };
}

const revisions = (chunks: readonly Buffer[]): number[] =>
  Array.from(String(Buffer.concat(chunks)).matchAll(/"resourceVersion":"(\d+)"/g), ([, text]) => Number(text));

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

test('WatchQueue writes what was offered between two rounds at once', () => {
  const { queue, state } = slowClient();
  queue.offer(batchOf(2, 10));
  queue.offer(batchOf(3, 10, 3));
  assert.equal(state.chunks.length, 0);
  queue.flush();
  assert.equal(state.chunks.length, 1);
  assert.deepEqual(revisions(state.chunks), upTo(5));
});

test('WatchQueue keeps the order and little more than a block unread, however much is offered', () => {
  const { queue, state, take } = slowClient();
  queue.offer(batchOf(4000, 1000));
  queue.offer(batchOf(10, 10, 4001));
  queue.flush();
  let most = 0;
  while (state.waiting.length > 0) {
    most = Math.max(most, state.unread);
    take();
  }
  assert.ok(most < 1024 * 1024, `${most} bytes wait in the output`);
  assert.deepEqual(revisions(state.chunks), upTo(4010));
  assert.equal(queue.weight, 0);
});

test('watchFrames() encodes once what several get alike', () => {
  const [a, b] = [batchOf(2, 10), batchOf(1, 10, 3)];
  const frames = watchFrames([a, b], () => '');
  assert.equal(
    watchFrames([a, b], () => ''),
    frames,
  );
  assert.notEqual(
    watchFrames([a], () => ''),
    frames,
  );
  assert.equal(frames.toString('utf8').split('\n').length, 4);
});
