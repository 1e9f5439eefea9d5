import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock } from '../base/clock.ts';
import { podInfo } from './pod-info.ts';
import { SchedulingQueue } from './queue.ts';
import { queueingHints } from './queueing-hints.ts';
import { testPod } from './test-objects.ts';

function newQueue() {
  const clock = virtualClock();
  const queue = new SchedulingQueue({
    now: () => clock.now(),
    gate: (pod) => ((pod.spec.schedulingGates ?? []).length > 0 ? 'gated' : undefined),
    hints: queueingHints([
      { name: 'Fit', helpedBy: ['node added'] },
      { name: 'Ports', helpedBy: ['assigned pod deleted'], helps: (_, { pod }) => pod?.namespace === 'default' },
    ]),
  });
  return { clock, queue };
}

const uid = (name: string) => `uid-default-${name}`;
const fit = new Set(['Fit']);

test('pop() takes the highest priority, then the oldest', () => {
  const { clock, queue } = newQueue();
  for (const [name, priority] of [
    ['a', 0],
    ['b', 5],
    ['c', 5],
    ['d', -1],
  ] as const) {
    queue.set(testPod(name, { priority }));
    clock.advance(1);
  }
  assert.deepEqual(
    [queue.pop(), queue.pop(), queue.pop(), queue.pop(), queue.pop()].map((info) => info?.pod.metadata.name),
    ['b', 'c', 'a', 'd', undefined],
  );
});

test('fail() keeps a pod until a change that helps, and then for its backoff', () => {
  const { clock, queue } = newQueue();
  queue.set(testPod('a'));
  queue.pop();
  queue.fail(uid('a'), fit);
  queue.changed({ change: 'assigned pod deleted' });
  assert.equal(queue.place(uid('a')), 'unschedulable');
  queue.changed({ change: 'node added' });
  assert.equal(queue.place(uid('a')), 'backoff');
  assert.equal(queue.nextDue(), clock.now() + 1000);
  queue.set(testPod('b', { priority: -1 }));
  assert.equal(queue.pop()?.uid, uid('b'));
  queue.set(testPod('c', { priority: -1 }));
  clock.advance(1000);
  assert.equal(queue.pop()?.uid, uid('a'));
});

test('pop() takes a refused pod before its backoff is over when nobody else waits, but none that failed with an error', () => {
  const { clock, queue } = newQueue();
  queue.set(testPod('a'));
  queue.pop();
  queue.fail(uid('a'), fit);
  queue.changed({ change: 'node added' });
  assert.equal(queue.pop()?.uid, uid('a'));
  queue.fail(uid('a'), new Set(), true);
  assert.equal(queue.place(uid('a')), 'backoff');
  clock.advance(999);
  assert.equal(queue.pop(), undefined);
  clock.advance(1);
  assert.equal(queue.pop()?.uid, uid('a'));
});

test('changed() asks the plugin that refused a pod whether the very change helps', () => {
  const { queue } = newQueue();
  queue.set(testPod('a'));
  queue.pop();
  queue.fail(uid('a'), new Set(['Ports']));
  const change = 'assigned pod deleted';
  queue.changed({ change, pod: podInfo(testPod('b', { namespace: 'other' })) });
  assert.equal(queue.place(uid('a')), 'unschedulable');
  queue.changed({ change, pod: podInfo(testPod('b')) });
  assert.equal(queue.place(uid('a')), 'backoff');
});

test('fail() doubles the backoff up to ten seconds', () => {
  const { clock, queue } = newQueue();
  queue.set(testPod('a'));
  const waits: number[] = [];
  for (let i = 0; i < 6; i++) {
    queue.pop();
    queue.fail(uid('a'), new Set(), true);
    const due = queue.nextDue() ?? 0;
    waits.push(due - clock.now());
    clock.advance(due - clock.now());
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test('fail() does not lose a change that came while the pod was in flight', () => {
  const { queue } = newQueue();
  queue.set(testPod('a'));
  queue.pop();
  queue.changed({ change: 'node added' });
  queue.fail(uid('a'), fit);
  assert.equal(queue.place(uid('a')), 'backoff');
});

test('flush() tries an unschedulable pod again after five minutes', () => {
  const { clock, queue } = newQueue();
  queue.set(testPod('a'));
  queue.pop();
  queue.fail(uid('a'), fit);
  clock.advance(4 * 60_000);
  assert.equal(queue.pop(), undefined);
  clock.advance(60_000);
  assert.equal(queue.pop()?.uid, uid('a'));
});

test('set() lets a pod out when its last gate goes', () => {
  const { queue } = newQueue();
  queue.set(testPod('a', { schedulingGates: [{ name: 'x' }] }));
  assert.equal(queue.place(uid('a')), 'gated');
  assert.equal(queue.pop(), undefined);
  queue.set(testPod('a'));
  assert.equal(queue.pop()?.uid, uid('a'));
});

test('set() retries an unschedulable pod whose own spec changed, not one whose status did', () => {
  const { clock, queue } = newQueue();
  queue.set(testPod('a'));
  queue.pop();
  queue.fail(uid('a'), fit);
  clock.advance(60_000);
  queue.set(testPod('a', { nominatedNodeName: 'x' }));
  assert.equal(queue.place(uid('a')), 'unschedulable');
  queue.set(testPod('a', { tolerations: [{ operator: 'Exists' }] }));
  assert.equal(queue.place(uid('a')), 'active');
});

test('changed() asks again for a pod that a plugin holds back, and a pod may be held back again', () => {
  const held = new Set(['a', 'b']);
  const queue = new SchedulingQueue({
    now: () => 0,
    gate: ({ metadata }) => (held.has(metadata.name) ? 'Claims' : undefined),
    hints: queueingHints([
      { name: 'Claims', helpedBy: ['device changed'] },
      { name: 'Fit', helpedBy: ['node added'] },
    ]),
  });
  for (const name of ['a', 'b']) queue.set(testPod(name));
  held.delete('a');
  queue.changed({ change: 'node added' });
  assert.equal(queue.place(uid('a')), 'gated');
  queue.changed({ change: 'device changed' });
  assert.deepEqual(
    ['a', 'b'].map((name) => queue.place(uid(name))),
    ['active', 'gated'],
  );
  queue.pop();
  queue.fail(uid('a'), fit);
  held.add('a');
  queue.changed({ change: 'node added' });
  assert.equal(queue.place(uid('a')), 'gated');
  held.clear();
  queue.changed({ change: 'device changed' });
  assert.deepEqual([queue.pop()?.uid, queue.pop()?.uid].toSorted(), [uid('a'), uid('b')]);
});

test('remove() takes a pod out of every place', () => {
  const { clock, queue } = newQueue();
  for (const name of ['a', 'b']) queue.set(testPod(name));
  queue.pop();
  queue.fail(uid('a'), new Set(), true);
  queue.remove(uid('a'));
  queue.remove(uid('b'));
  clock.advance(60_000);
  assert.equal(queue.pop(), undefined);
  assert.equal(queue.nextDue(), undefined);
});

test('changed() does not help a pod by what it gave back itself', () => {
  const { queue } = newQueue();
  queue.set(testPod('a'));
  const pod = queue.pop();
  queue.fail(uid('a'), new Set(['Ports']));
  queue.changed({ change: 'assigned pod deleted', pod });
  assert.equal(queue.place(uid('a')), 'unschedulable');
});

test('changed() helps only pods that do not matter more than the one that gave up its room', () => {
  const { queue } = newQueue();
  for (const [name, priority] of [
    ['a', 1],
    ['b', 2],
  ] as const) {
    queue.set(testPod(name, { priority }));
    queue.pop();
    queue.fail(uid(name), new Set(['Ports']));
  }
  queue.changed({ change: 'assigned pod deleted', pod: podInfo(testPod('c')), highestPriority: 1 });
  assert.deepEqual(
    ['a', 'b'].map((name) => queue.place(uid(name))),
    ['backoff', 'unschedulable'],
  );
});

test('inFlight() tells of the pods that are being tried and of each kind of change since then once', () => {
  const { queue } = newQueue();
  queue.changed({ change: 'node added' });
  queue.set(testPod('a'));
  assert.deepEqual(queue.inFlight(), { pods: 0, changes: [] });
  queue.pop();
  queue.changed({ change: 'pod assigned' });
  queue.changed({ change: 'pod assigned' });
  assert.deepEqual(queue.inFlight(), { pods: 1, changes: ['pod assigned'] });
  queue.done(uid('a'));
  assert.deepEqual(queue.inFlight(), { pods: 0, changes: [] });
});

test('history() says of a pod whether nothing but time brought it back', () => {
  const { clock, queue } = newQueue();
  queue.set(testPod('a'));
  queue.pop();
  queue.fail(uid('a'), fit);
  assert.deepEqual(queue.history(uid('a')), { attempts: 1, triedAt: clock.now(), waitedLong: false });
  clock.advance(10 * 60_000);
  queue.pop();
  assert.equal(queue.history(uid('a')).waitedLong, true);
  queue.fail(uid('a'), fit);
  assert.equal(queue.history(uid('a')).waitedLong, false);
});
