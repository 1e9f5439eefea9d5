import assert from 'node:assert/strict';
import { test } from 'node:test';
import { steadyClock, systemClock } from './clock.ts';

test('steadyClock goes on when somebody sets the time of day', (t) => {
  const before = steadyClock.now();
  assert.ok(Math.abs(before - systemClock.now()) < 60_000);
  for (const set of [0, Date.UTC(2100, 0, 1)]) {
    t.mock.method(Date, 'now', () => set);
    assert.equal(systemClock.now(), set);
    const passed = steadyClock.now() - before;
    assert.ok(passed >= 0 && passed < 60_000);
  }
});
