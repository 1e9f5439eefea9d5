import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../../api/groups/core.v1.ts';
import { node, startTime } from '../testing/objects.ts';
import { Evictions, planPaces, zoneOf } from './zones.ts';

function zone(name: string, all: number, lost: number): readonly Node[] {
  const labels = { 'topology.kubernetes.io/region': 'r', 'topology.kubernetes.io/zone': name };
  const times = { lastHeartbeatTime: startTime, lastTransitionTime: startTime };
  return Array.from({ length: all }, (_, i) => {
    const ready = { type: 'Ready', status: i < lost ? 'Unknown' : 'True', reason: '', message: '', ...times };
    return node(`${name}-${i}`, {}, { conditions: [ready] }, { labels });
  });
}

test('planPaces() slows down where most nodes are lost, and stops where these are few', () => {
  const cases = [
    { all: 10, lost: 1, pace: 10_000 },
    { all: 3, lost: 2, pace: 10_000 },
    { all: 10, lost: 5, pace: 10_000 },
    { all: 10, lost: 6, pace: Infinity },
    { all: 10, lost: 10, pace: 10_000 },
    { all: 60, lost: 33, pace: 100_000 },
    { all: 60, lost: 60, pace: 10_000 },
  ];
  for (const { all, lost, pace } of cases) {
    assert.equal(planPaces([...zone('a', all, lost), ...zone('b', 9, 0)]).get('r a'), pace, `${lost} of ${all}`);
  }
});

test('zoneOf() is the region and the zone, or nothing', () => {
  assert.equal(zoneOf(node('n')), '');
  assert.deepEqual(zone('a', 1, 0).map(zoneOf), ['r a']);
});

test('Evictions gives leave for one node of a zone after the other', () => {
  const evictions = new Evictions();
  const [a, b] = [zone('a', 20, 3), zone('b', 20, 1)];
  const ask = (of: readonly Node[], nowMs: number) => evictions.mayDrive(of[0]!, () => [...a, ...b], nowMs);
  assert.equal(ask(a, 0), true);
  assert.equal(ask(b, 0), true);
  assert.equal(ask(a, 9999), false);
  assert.equal(ask(a, 10_000), true);
  assert.equal(ask(a, 10_000), false);
});
