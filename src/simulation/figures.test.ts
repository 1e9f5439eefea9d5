import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock } from '../base/clock.ts';
import { Figures } from './figures.ts';

test('Figures counts pods by stage and second, and how long they took', () => {
  const clock = virtualClock(0);
  const figures = new Figures(clock, 2);
  for (const uid of ['a', 'b', 'c', 'd']) figures.podSeen(uid, uid !== 'd');
  clock.advance(1000);
  figures.podElsewhere('c');
  figures.podBound('a');
  figures.podBound('a');
  clock.advance(500);
  for (const uid of ['a', 'a', 'b', 'd', 'unknown']) figures.podRunning(uid);
  figures.podOver('b');
  figures.podRemoved('a');
  assert.deepEqual(figures.snapshot, { nodes: 2, nodesReady: 0, pods: 2, podsBound: 2, podsRunning: 1, podsOver: 1 });
  assert.deepEqual(figures.latenciesMs, [1500, 1500]);
  assert.deepEqual(figures.timeline, [
    { created: 2, bound: 0, running: 0, removed: 0, leases: 0 },
    { created: 0, bound: 1, running: 3, removed: 1, leases: 0 },
  ]);
});

test('Figures remembers when all nodes were ready for the first time', () => {
  const clock = virtualClock(0);
  const figures = new Figures(clock, 2);
  clock.advance(300);
  figures.nodeIsReady('a', true);
  assert.equal(figures.allReadyMs, undefined);
  clock.advance(300);
  figures.nodeIsReady('b', true);
  figures.nodeIsReady('b', false);
  clock.advance(300);
  figures.nodeIsReady('b', true);
  assert.equal(figures.allReadyMs, 600);
});
