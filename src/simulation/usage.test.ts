import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dice } from './dice.ts';
import { usualBehaviour } from './scenario.ts';
import { containerUse } from './usage.ts';

test('containerUse() never counts backwards, and the counter is the integral of the use', () => {
  const usage = { cpuCores: 0.5, memoryBytes: 1e8, swing: 1, periodMs: 60_000 };
  const at = (nowMs: number) =>
    containerUse(usage, undefined, { startedAtMs: 1_000_000, nowMs, dice: new Dice(3), key: 'a' });
  let before = at(1_000_000);
  assert.equal(before.coreSeconds, 0);
  let sum = 0;
  for (let nowMs = 1_000_100; nowMs <= 1_120_000; nowMs += 100) {
    const use = at(nowMs);
    assert.ok(use.coreSeconds >= before.coreSeconds);
    assert.ok(use.cores >= 0 && use.cores <= 1);
    sum += ((use.cores + before.cores) / 2) * 0.1;
    before = use;
  }
  assert.ok(Math.abs(sum - before.coreSeconds) < 1e-3);
  assert.ok(Math.abs(before.coreSeconds - 60) < 1e-6);
});

test('containerUse() takes a share of what is requested and stays below the limit', () => {
  const resources = { requests: { cpu: '2', memory: '1Gi' }, limits: { memory: '100Mi' } };
  const spec = { name: 'c', image: 'i', resources };
  const usage = { ...usualBehaviour.usage, swing: 0 };
  const use = containerUse(usage, spec, { startedAtMs: 0, nowMs: 1000, dice: new Dice(1), key: 'a' });
  assert.equal(use.cores, 0.8);
  assert.equal(use.memoryBytes, 100 * 1024 * 1024);
});
