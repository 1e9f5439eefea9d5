import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lifetimes } from './lifetime.ts';

test('Lifetime.signal aborts when the request ends, and is aborted when it has ended', () => {
  const lifetimes = new Lifetimes();
  const asked = lifetimes.begin();
  const { signal } = asked;
  assert.equal(signal.aborted, false);
  asked.end();
  assert.deepEqual([signal.aborted, asked.over], [true, true]);
  const late = lifetimes.begin();
  late.end();
  assert.equal(late.signal.aborted, true);
});

test('Lifetimes.stop() aborts the requests there are and those that come', () => {
  const lifetimes = new Lifetimes();
  const { signal } = lifetimes.begin();
  const silent = lifetimes.begin();
  lifetimes.stop();
  assert.deepEqual([signal.aborted, silent.signal.aborted, lifetimes.begin().signal.aborted], [true, true, true]);
});
