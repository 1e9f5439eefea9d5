import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Summary } from './summary.ts';

const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) <= 0.06 * expected, `${actual} is not near ${expected}`);

test('quantile() is right within a few hundredths when values spread over decades', () => {
  const summary = new Summary(1000);
  for (let index = 1; index <= 10_000; index++) summary.observe(index / 1000, 0);
  near(summary.quantile(0.5), 5);
  near(summary.quantile(0.9), 9);
  near(summary.quantile(0.99), 9.9);
  assert.equal(summary.count, 10_000);
});

test('quantile() forgets what is older than the period', () => {
  const summary = new Summary(1000);
  summary.observe(100, 0);
  summary.observe(1, 600);
  near(summary.quantile(0.99), 100);
  summary.observe(1, 1200);
  near(summary.quantile(0.99), 1);
  assert.equal(summary.sum, 102);
});

test('quantile() is not a number when nothing was observed', () => {
  assert.ok(Number.isNaN(new Summary(1000).quantile(0.5)));
});
