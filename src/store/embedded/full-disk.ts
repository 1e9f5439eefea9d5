/** What a store does when its disk is full, and after: used where the disk is simulated and where it is real. */
import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreError } from '../store.ts';
import type { Entry, Store, TransactionResult } from '../store.ts';
import { recordWatch } from '../watch-recorder.ts';

const fillKeys = 10;
const isFull = (error: unknown): boolean => error instanceof StoreError && error.reason === 'no-space';

/** @param makeRoom Gives the disk room for another 20,000 bytes. */
export async function checkFullDisk(store: Store, makeRoom: () => Promise<void>): Promise<void> {
  const watch = recordWatch(store, '/', { end: '0' });
  const first = await put(store, '/counter', 'first', 0);
  const answered = await fill(store);
  const { revision } = store;

  // Decided on top of one another, so they fail together with the one that finds no room.
  const large = store.transact([], [{ type: 'put', key: '/large', value: Buffer.alloc(8_000_000) }]);
  const sameBatch = put(store, '/counter', 'second', first.revision);
  await nextTurn();
  const nextBatch = put(store, '/counter', 'third', revision + 2);
  const refused = put(store, '/counter', 'never', first.revision);
  const failed = await Promise.allSettled([large, sameBatch, nextBatch, refused]);
  for (const outcome of failed) assert.ok(outcome.status === 'rejected' && isFull(outcome.reason));

  assert.equal(store.revision, revision);
  const { entries } = await store.range('/counter');
  assert.deepEqual(entries.map(textOf), ['first']);
  assert.equal(entries[0]?.modRevision, first.revision);
  const held = await store.range('/fill/', { end: '/fill0' });
  assert.deepEqual(new Set(held.entries.map(({ modRevision }) => modRevision)), new Set(answered.slice(-fillKeys)));
  assert.equal((await store.range('/large')).count, 0);

  await makeRoom();
  const after = await put(store, '/counter', 'x'.repeat(20_000), first.revision);
  assert.deepEqual([after.ok, after.revision], [true, revision + 1]);
  const events = await watch.received(answered.length + 2);
  assert.deepEqual(
    events.map(({ entry }) => entry.modRevision),
    [first.revision, ...answered, after.revision],
  );
  watch.stop();
}

/** Revisions of the writes that were answered before the disk was full. */
async function fill(store: Store): Promise<number[]> {
  const answered: number[] = [];
  while (answered.length < 10_000) {
    const key = `/fill/${answered.length % fillKeys}`;
    try {
      const { revision } = await store.transact([], [{ type: 'put', key, value: Buffer.alloc(20_000) }]);
      answered.push(revision);
    } catch (error) {
      assert.ok(isFull(error), String(error));
      return answered;
    }
  }
  throw new Error('The disk does not fill');
}

function put(store: Store, key: string, value: string, modRevision: number): Promise<TransactionResult> {
  return store.transact([{ key, modRevision }], [{ type: 'put', key, value: Buffer.from(value) }]);
}

function textOf({ value }: Entry): string {
  return Buffer.from(value).toString();
}
