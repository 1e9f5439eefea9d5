import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock } from '../base/clock.ts';
import { Timers } from './timers.ts';

test('Timers.at() calls back in the order of the times, at most a tick late', () => {
  const clock = virtualClock(0);
  const timers = new Timers(clock);
  const calls: string[] = [];
  for (const dueMs of [500, 20, 120_000, 21, 0]) timers.at(dueMs, () => calls.push(`${dueMs} at ${clock.now()}`));
  clock.advance(200_000);
  assert.deepEqual(calls, ['0 at 0', '20 at 20', '21 at 30', '500 at 500', '120000 at 120000']);
});

test('Timers.at() does not call back what was cancelled, also by a call of the same tick', () => {
  const clock = virtualClock(0);
  const timers = new Timers(clock);
  const calls: string[] = [];
  const later = timers.at(200, () => calls.push('cancelled'));
  const sibling: { cancel(): void }[] = [];
  timers.at(100, () => {
    calls.push('first');
    sibling[0]?.cancel();
  });
  sibling.push(timers.at(100, () => calls.push('sibling')));
  later.cancel();
  clock.advance(1000);
  assert.deepEqual(calls, ['first']);
});

test('Timers.at() may be called by a call, and nothing comes after close()', () => {
  const clock = virtualClock(0);
  const timers = new Timers(clock);
  let beats = 0;
  const beat = (): void => {
    beats++;
    timers.at(clock.now() + 100, beat);
  };
  beat();
  clock.advance(1000);
  assert.equal(beats, 11);
  timers.close();
  clock.advance(1000);
  assert.equal(beats, 11);
});
