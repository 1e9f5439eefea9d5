import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DemandMeter } from './demand.ts';

test('DemandMeter weighs what was wanted by how long', () => {
  const meter = new DemandMeter(0);
  meter.set(10, 1000);
  meter.set(0, 2000);
  const { average, deviation, highest, smoothed } = meter.take(4000);
  assert.equal(average, 2.5);
  assert.ok(Math.abs(deviation - Math.sqrt(100 / 4 - 2.5 * 2.5)) < 1e-9);
  assert.equal(highest, 10);
  assert.ok(Math.abs(smoothed - (average + deviation)) < 1e-9);
});

test('DemandMeter forgets a rise slowly', () => {
  const meter = new DemandMeter(0);
  meter.set(100, 0);
  assert.equal(meter.take(10_000).smoothed, 100);
  meter.set(0, 10_000);
  let last = 100;
  for (let period = 2; period < 40; period++) {
    const { smoothed } = meter.take(period * 10_000);
    assert.ok(smoothed < last && smoothed > 30);
    last = smoothed;
  }
});
