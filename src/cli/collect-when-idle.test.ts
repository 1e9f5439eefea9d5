import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock } from '../base/clock.ts';
import { collectWhenIdle, type Usage } from './collect-when-idle.ts';

const megabyte = 1024 * 1024;

function collections(steps: readonly { readonly busy: boolean; readonly heap: number }[]): readonly number[] {
  const clock = virtualClock(0);
  let usage: Usage = { cpuMs: 0, heapBytes: 50 * megabyte };
  const collected: number[] = [];
  let step = 0;
  const engine = {
    usage: () => usage,
    collect() {
      collected.push(step);
      usage = { ...usage, heapBytes: 60 * megabyte };
      return usage.heapBytes;
    },
  };
  const stop = collectWhenIdle(clock, engine);
  for (const { busy, heap } of steps) {
    usage = { cpuMs: usage.cpuMs + (busy ? 2500 : 50), heapBytes: heap * megabyte };
    clock.advance(3000);
    step++;
  }
  stop();
  clock.advance(60_000);
  return collected;
}

test('collectWhenIdle() collects once when load is over and much is in use', () => {
  const load = { busy: true, heap: 120 };
  const idle = { busy: false, heap: 120 };
  assert.deepEqual(collections([load, load, load, idle, idle, idle]), [3]);
  assert.deepEqual(collections([load, idle, load, idle]), [1, 3]);
});

test('collectWhenIdle() collects what the start left', () => {
  const idle = { busy: false, heap: 50 };
  assert.deepEqual(collections([idle, idle, idle]), [0]);
});

test('collectWhenIdle() leaves it when little is in use, or something is done all the time', () => {
  assert.deepEqual(
    collections([
      { busy: false, heap: 60 },
      { busy: true, heap: 70 },
      { busy: false, heap: 80 },
      { busy: false, heap: 83 },
    ]),
    [0],
  );
  assert.deepEqual(collections(Array.from({ length: 5 }, () => ({ busy: true, heap: 300 }))), []);
});
