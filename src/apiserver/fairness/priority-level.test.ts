import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { virtualClock, type VirtualClock } from '../../base/clock.ts';
import { Registry } from '../../base/metrics.ts';
import type { ApiRequest } from '../request.ts';
import { createFairnessMetrics, flowMetrics, type FairnessMetrics } from './fairness-metrics.ts';
import type { LevelLimits } from './level-limits.ts';
import { OverloadError } from './overload-error.ts';
import { PriorityLevel } from './priority-level.ts';
import type { Arrival, Ticket } from './ticket.ts';
import type { Work } from './work-estimate.ts';

const limits: LevelLimits = {
  exempt: false,
  nominal: 2,
  lower: 2,
  upper: 2,
  queuing: { queues: 4, handSize: 1, queueLengthLimit: 3 },
};
const oneSeat: Work = { seats: 1, finalSeats: 0, additionalMs: 0, width: 1 };

let clock: VirtualClock;
let metrics: FairnessMetrics;
let registry: Registry;
beforeEach(() => {
  clock = virtualClock();
  registry = new Registry();
  metrics = createFairnessMetrics(registry);
});

const levelWith = (given: Partial<LevelLimits> = {}): PriorityLevel =>
  new PriorityLevel('level', { ...limits, ...given }, { clock, metrics, waitLimitMs: 15_000 });

function arrival(queue: number, work = oneSeat, signal = new AbortController().signal): Arrival {
  const request = { lifetime: { signal }, info: { verb: 'get', path: '/' } } as unknown as ApiRequest;
  const figures = flowMetrics(metrics, 'level', 'schema');
  return { request, schema: 'schema', distinguisher: String(queue), work, metrics: figures, hand: [queue] };
}

/** Notes the order in which requests are executed. */
function watcher(level: PriorityLevel) {
  const order: string[] = [];
  const tickets = new Map<string, Ticket>();
  const refused = new Map<string, unknown>();
  return {
    order,
    refused,
    async enter(name: string, one: Arrival) {
      try {
        const ticket = await level.admit(one);
        order.push(name);
        tickets.set(name, ticket);
      } catch (error) {
        refused.set(name, error);
      }
    },
    async leave(name: string) {
      tickets.get(name)?.release();
      await settled();
    },
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('admit() executes at once while there are seats, lets others wait, and refuses what the queue cannot hold', async () => {
  const level = levelWith();
  const { enter, leave, order, refused } = watcher(level);
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) void enter(name, arrival(0));
  await settled();
  assert.deepEqual(order, ['a', 'b']);
  assert.deepEqual([...refused.keys()], ['f']);
  assert.ok(refused.get('f') instanceof OverloadError);
  assert.equal(level.state.waiting, 3);
  await leave('a');
  await leave('a');
  assert.deepEqual(order, ['a', 'b', 'c']);
});

test('admit() serves flows in turn, whichever of them asks for more', async () => {
  const level = levelWith({
    nominal: 1,
    lower: 1,
    upper: 1,
    queuing: { queues: 2, handSize: 1, queueLengthLimit: 50 },
  });
  const { enter, leave, order } = watcher(level);
  for (let index = 0; index < 12; index++) void enter(`greedy${index}`, arrival(0));
  for (let index = 0; index < 3; index++) void enter(`modest${index}`, arrival(1));
  await settled();
  for (let step = 0; step < 8; step++) {
    clock.advance(100);
    await leave(order.at(-1) ?? '');
  }
  assert.equal(order.filter((name) => name.startsWith('modest')).length, 3);
  assert.ok(order.indexOf('modest2') <= 6, order.join(' '));
});

test('admit() gives no more turns to a flow whose requests take long', async () => {
  const level = levelWith({
    nominal: 1,
    lower: 1,
    upper: 1,
    queuing: { queues: 2, handSize: 1, queueLengthLimit: 50 },
  });
  const { enter, leave, order } = watcher(level);
  for (let index = 0; index < 10; index++) void enter(`slow${index}`, arrival(0));
  for (let index = 0; index < 10; index++) void enter(`fast${index}`, arrival(1));
  await settled();
  for (let step = 0; step < 10; step++) {
    const last = order.at(-1) ?? '';
    clock.advance(last.startsWith('slow') ? 400 : 100);
    await leave(last);
  }
  const fast = order.filter((name) => name.startsWith('fast')).length;
  assert.ok(fast >= 2 * (order.length - fast), order.join(' '));
});

test('admit() lets a wide request wait for all its seats, and narrow ones behind it with it', async () => {
  const level = levelWith({ queuing: { queues: 1, handSize: 1, queueLengthLimit: 5 } });
  const { enter, leave, order } = watcher(level);
  void enter('a', arrival(0));
  void enter('wide', arrival(0, { ...oneSeat, seats: 2, width: 2 }));
  void enter('b', arrival(0));
  await settled();
  assert.deepEqual(order, ['a']);
  await leave('a');
  assert.deepEqual(order, ['a', 'wide']);
  await leave('wide');
  assert.deepEqual(order, ['a', 'wide', 'b']);
});

test('admit() executes what is wider than the level when it is alone', async () => {
  const level = levelWith();
  const { enter, order } = watcher(level);
  void enter('huge', arrival(0, { ...oneSeat, seats: 9, width: 9 }));
  void enter('small', arrival(1));
  await settled();
  assert.deepEqual(order, ['huge']);
});

test('admit() refuses what waited too long or whose client has gone, and goes on', async () => {
  const level = levelWith({ nominal: 1, lower: 1, upper: 1 });
  const { enter, leave, order, refused } = watcher(level);
  const client = new AbortController();
  void enter('a', arrival(0));
  void enter('late', arrival(0));
  void enter('gone', arrival(1, oneSeat, client.signal));
  await settled();
  client.abort();
  clock.advance(15_000);
  await settled();
  assert.deepEqual([...refused.keys()].toSorted(), ['gone', 'late']);
  void enter('b', arrival(0));
  await leave('a');
  assert.deepEqual(order, ['a', 'b']);
  assert.match(registry.text(), /rejected_requests_total\{.*reason="time-out"\} 1/);
  assert.match(registry.text(), /rejected_requests_total\{.*reason="cancelled"\} 1/);
});

test('admit() refuses at once where the level has no queues', async () => {
  const level = levelWith({ nominal: 1, lower: 1, upper: 1, queuing: undefined });
  const { enter, refused } = watcher(level);
  void enter('a', { ...arrival(0), hand: [] });
  void enter('b', { ...arrival(0), hand: [] });
  await settled();
  assert.deepEqual([...refused.keys()], ['b']);
  assert.match(registry.text(), /reason="concurrency-limit"\} 1/);
});

test('admit() never lets an exempt request wait', async () => {
  const level = levelWith({ exempt: true, nominal: 0, lower: 0, upper: 0, queuing: undefined });
  const { enter, order } = watcher(level);
  for (let index = 0; index < 100; index++) void enter(String(index), { ...arrival(0), hand: [] });
  await settled();
  assert.equal(order.length, 100);
  assert.equal(level.takeDemand().highest, 100);
});

test('a ticket keeps the final seats of a write for as long as its watchers are told', async () => {
  const level = levelWith();
  const { enter, leave, order } = watcher(level);
  void enter('write', arrival(0, { seats: 1, finalSeats: 2, additionalMs: 5, width: 2 }));
  void enter('read', arrival(1));
  await settled();
  await leave('write');
  assert.deepEqual(order, ['write']);
  clock.advance(5);
  await settled();
  assert.deepEqual(order, ['write', 'read']);
});

test('setLimit() executes what waited when seats come', async () => {
  const level = levelWith();
  const { enter, order } = watcher(level);
  for (const name of ['a', 'b', 'c', 'd']) void enter(name, arrival(0));
  await settled();
  level.setLimit(4);
  await settled();
  assert.deepEqual(order, ['a', 'b', 'c', 'd']);
});
