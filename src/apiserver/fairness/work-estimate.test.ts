import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRequestInfo } from '../request-info.ts';
import { estimateWork, type StoredAmount } from './work-estimate.ts';

const amount: StoredAmount = { objects: 5000, averageBytes: 1000, watchers: 0 };

function seats(search: string, given: Partial<StoredAmount> = {}, maxSeats = 50): number {
  const query = new URLSearchParams(search);
  const info = readRequestInfo('GET', '/api/v1/pods', query);
  return estimateWork(info, query, { ...amount, ...given }, maxSeats).seats;
}

test('estimateWork() gives a list a seat for each 100 kB that it has in memory, up to a megabyte', () => {
  assert.equal(seats(''), 10);
  assert.equal(seats('limit=500'), 5);
  assert.equal(seats('limit=10'), 1);
  assert.equal(seats('', { objects: 0 }), 1);
  assert.equal(seats('', { averageBytes: undefined }), 10);
  assert.equal(seats('fieldSelector=metadata.name%3Da'), 1);
  assert.equal(seats('', {}, 4), 4);
});

test('estimateWork() weighs all of a list that comes from the store', () => {
  assert.equal(seats('continue=x&limit=2000'), 20);
  assert.equal(seats('continue=x&limit=500&labelSelector=a'), 25);
});

test('estimateWork() weighs a watch by its initial events', () => {
  assert.equal(seats('watch=true'), 1);
  assert.equal(seats('watch=true&sendInitialEvents=true'), 10);
});

test('estimateWork() holds seats for the watchers of a write', () => {
  const info = readRequestInfo('PUT', '/api/v1/nodes/a', new URLSearchParams());
  const work = (watchers: number, maxSeats: number) =>
    estimateWork(info, new URLSearchParams(), { ...amount, watchers }, maxSeats);
  assert.deepEqual(work(9, 5), { seats: 1, finalSeats: 0, additionalMs: 0, width: 1 });
  assert.deepEqual(work(25, 5), { seats: 1, finalSeats: 3, additionalMs: 5, width: 3 });
  assert.deepEqual(work(200, 5), { seats: 1, finalSeats: 5, additionalMs: 20, width: 5 });
});
