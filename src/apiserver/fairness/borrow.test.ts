import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PriorityLevelConfigurationSpec } from '../../api/groups/flowcontrol.v1.ts';
import { priorityLevels } from '../bootstrap/flow-control.ts';
import { divideSeats } from './borrow.ts';
import type { Demand } from './demand.ts';
import { limitsOf } from './level-limits.ts';

const specs = new Map(
  priorityLevels.map(({ metadata, spec }) => [metadata.name, spec as PriorityLevelConfigurationSpec]),
);
const none: Demand = { average: 0, deviation: 0, highest: 0, smoothed: 0 };

test('limitsOf() gives the levels of a new cluster the seats that Kubernetes gives them', () => {
  const limits = limitsOf(specs, 600);
  const nominal = Object.fromEntries([...limits].map(([name, one]) => [name, one.nominal]));
  assert.deepEqual(nominal, {
    'catch-all': 13,
    exempt: 0,
    'global-default': 49,
    'leader-election': 25,
    'node-high': 98,
    system: 74,
    'workload-high': 98,
    'workload-low': 245,
  });
  assert.equal(limits.get('workload-low')?.lower, 24);
  assert.equal(limits.get('catch-all')?.lower, 13);
});

test('divideSeats() lends what others do not need to a level that needs it, and no more than they may lend', () => {
  const limits = [...limitsOf(specs, 600)];
  const busy = { average: 1000, deviation: 0, highest: 1000, smoothed: 1000 };
  const division = divideSeats(
    limits.map(([name, one]) => ({ limits: one, demand: name === 'global-default' ? busy : none })),
  );
  const seats = Object.fromEntries(limits.map(([name], index) => [name, division.seats[index] ?? 0]));
  const sum = division.seats.reduce((so, one) => so + one, 0);
  assert.ok(Math.abs(sum - 602) <= limits.length, `${sum} seats`);
  assert.ok((seats['global-default'] ?? 0) > 300);
  for (const [name, { lower }] of limits) assert.ok((seats[name] ?? 0) >= lower, name);
});

test('divideSeats() takes what exempt levels needed off the rest, down to what is never lent', () => {
  const limits = [...limitsOf(specs, 600)];
  const all = { average: 500, deviation: 0, highest: 500, smoothed: 500 };
  const division = divideSeats(limits.map(([, one]) => ({ limits: one, demand: all })));
  limits.forEach(([name, one], index) => {
    const seats = division.seats[index] ?? 0;
    if (one.exempt) assert.equal(seats, 500);
    else assert.ok(seats >= one.lower && seats <= one.nominal, `${name}: ${seats}`);
  });
});
