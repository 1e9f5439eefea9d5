import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoreEvent } from '../store.ts';
import { RecentHistory } from './recent-history.ts';

function event(modRevision: number, valueBytes = 10): StoreEvent {
  const value = new Uint8Array(valueBytes);
  const entry = { key: `/${modRevision}`, value, createRevision: modRevision, modRevision, version: 1, lease: 0n };
  return { type: 'put', entry, previous: undefined };
}

const revisionsOf = (events: readonly StoreEvent[]): number[] => events.map(({ entry }) => entry.modRevision);

test('RecentHistory keeps the last events and says from where on they are complete', () => {
  const recent = new RecentHistory({ events: 5, bytes: 1e6 }, 10);
  assert.deepEqual([recent.covers(10), recent.covers(11)], [false, true]);
  for (const [index, revision] of [11, 12, 12, 12, 13, 14, 15].entries()) recent.push(event(revision), index);
  // Of the transaction at revision 12 a part is gone.
  assert.deepEqual([recent.covers(12), recent.covers(13)], [false, true]);
  assert.deepEqual(revisionsOf(recent.since(13)), [13, 14, 15]);
  assert.deepEqual(revisionsOf(recent.since(16)), []);
  assert.deepEqual([recent.value(0), recent.value(6)?.byteLength], [undefined, 10]);
});

test('RecentHistory is bounded by bytes too, and an event larger than that is not kept', () => {
  const recent = new RecentHistory({ events: 1e6, bytes: 100_000 }, 1);
  for (let revision = 2; revision < 5000; revision += 1) recent.push(event(revision, 9000), revision);
  assert.ok(recent.since(0).length <= 11 && recent.since(0).length >= 9);
  recent.push(event(5000, 200_000), 5000);
  assert.deepEqual([recent.since(0), recent.covers(5000), recent.covers(5001)], [[], false, true]);
});
