import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dice } from './dice.ts';
import { incidentsFrom } from './incidents.ts';
import type { PodIncident } from './scenario.ts';

const exit: PodIncident = {
  happens: 'Exit',
  exitCode: 1,
  reason: '',
  first: { afterMs: 1000, jitterMs: 0 },
  every: { afterMs: 2000, jitterMs: 0 },
  chance: 1,
};

test('incidentsFrom() answers each occasion once, at its time', () => {
  const clock = incidentsFrom([exit, { ...exit, every: undefined }], 0, new Dice(1), 'a');
  assert.ok(clock !== undefined);
  assert.equal(clock.nextMs, 1000);
  assert.deepEqual(clock.due(999), []);
  assert.deepEqual(
    clock.due(5000).map(({ atMs }) => atMs),
    [1000, 3000, 5000, 1000],
  );
  assert.deepEqual(clock.due(6999), []);
  assert.equal(clock.nextMs, 7000);
});

test('incidentsFrom() gives the same incidents for the same seed and name, others for others', () => {
  const incident: PodIncident = {
    ...exit,
    first: { afterMs: 0, jitterMs: 9000 },
    every: { afterMs: 0, jitterMs: 9000 },
    chance: 0.5,
  };
  const times = (seed: number, name: string): readonly number[] =>
    incidentsFrom([incident], 0, new Dice(seed), name)
      ?.due(600_000)
      .map(({ atMs }) => atMs) ?? [];
  assert.deepEqual(times(1, 'a'), times(1, 'a'));
  assert.notDeepEqual(times(1, 'a'), times(2, 'a'));
  assert.notDeepEqual(times(1, 'a'), times(1, 'b'));
  const happened = times(1, 'a').length;
  assert.ok(happened > 20 && happened < 120, `${happened} of some 130 with a chance of one half`);
});

test('incidentsFrom() answers nothing when there are none', () => {
  assert.equal(incidentsFrom([], 0, new Dice(1), 'a'), undefined);
});
