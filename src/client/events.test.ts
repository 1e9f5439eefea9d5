import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { ApiError } from '../api/api-error.ts';
import type { Event } from '../api/groups/core.v1.ts';
import type { Resource } from '../api/resource.ts';
import { Events, Nodes, Pods } from '../api/resources.ts';
import { referenceTo } from '../api/objects/object-reference.ts';
import { virtualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { seededRandom } from '../base/random.ts';
import type { Client } from './client.ts';
import { createEventRecorder } from './events.ts';
import { MemoryClient } from './memory-client.ts';
import { MemoryServer } from './memory-server.ts';

async function setUp() {
  const clock = virtualClock();
  const server = new MemoryServer(clock);
  const client = new MemoryClient(server);
  const stop = new AbortController();
  const recorderWith = (through: Client) =>
    createEventRecorder({
      client: through,
      clock,
      random: seededRandom(1),
      log: silentLog,
      component: 'kubelet',
      host: 'node-1',
      signal: stop.signal,
    });
  const recorder = recorderWith(client);
  const pod = await client.create(Pods, { metadata: { namespace: 'shop', name: 'web' }, spec: { containers: [] } });
  const events = () => {
    const stored: readonly unknown[] = server.all(Events);
    return stored as readonly (Event & { readonly message: string; readonly count: number })[];
  };
  return { clock, server, client, stop, recorder, recorderWith, pod, events };
}

test('EventRecorder.event() writes who, what, where and when', async () => {
  const { recorder, pod, events } = await setUp();
  recorder.event(referenceTo(pod, 'spec.containers{web}'), 'Normal', 'Started', 'Started container web');
  await recorder.whenIdle();
  const [event] = events();
  assert.ok(event);
  const { metadata, ...rest } = event;
  const { name, namespace } = metadata;
  assert.match(name, /^web\.[0-9a-f]{16}$/);
  assert.equal(namespace, 'shop');
  assert.deepEqual(rest, {
    apiVersion: 'v1',
    kind: 'Event',
    involvedObject: {
      kind: 'Pod',
      namespace: 'shop',
      name: 'web',
      uid: pod.metadata.uid,
      apiVersion: 'v1',
      resourceVersion: '1',
      fieldPath: 'spec.containers{web}',
    },
    reason: 'Started',
    message: 'Started container web',
    source: { component: 'kubelet', host: 'node-1' },
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:00:00Z',
    count: 1,
    type: 'Normal',
    reportingComponent: 'kubelet',
    reportingInstance: 'node-1',
  });
});

test('EventRecorder.event() counts the same event instead of writing it again', async () => {
  const { clock, recorder, pod, events } = await setUp();
  for (let i = 0; i < 3; i++) {
    recorder.event(pod, 'Warning', 'BackOff', 'Back-off restarting');
    clock.advance(10_000);
  }
  recorder.event(pod, 'Normal', 'Pulled', 'Pulled the image');
  await recorder.whenIdle();
  const seen = events().map(({ message, count, firstTimestamp, lastTimestamp }) => [
    message,
    count,
    firstTimestamp,
    lastTimestamp,
  ]);
  assert.deepEqual(seen.toSorted(), [
    ['Back-off restarting', 3, '2026-01-01T00:00:00Z', '2026-01-01T00:00:20Z'],
    ['Pulled the image', 1, '2026-01-01T00:00:30Z', '2026-01-01T00:00:30Z'],
  ]);
});

test('EventRecorder.event() writes an event anew, with its count, when the old one has expired', async () => {
  const { server, recorder, pod, events } = await setUp();
  recorder.event(pod, 'Warning', 'BackOff', 'again');
  await recorder.whenIdle();
  for (const { metadata } of server.all(Events)) server.delete(Events, metadata);
  recorder.event(pod, 'Warning', 'BackOff', 'again');
  await recorder.whenIdle();
  assert.deepEqual(
    events().map(({ count }) => count),
    [2],
  );
});

test('EventRecorder.event() combines events that differ in their message alone, from the tenth on', async () => {
  const { recorder, pod, events } = await setUp();
  for (let i = 1; i <= 14; i++) recorder.event(pod, 'Warning', 'Failed', `attempt ${i}`);
  await recorder.whenIdle();
  const combined = events().filter(({ message }) => message.startsWith('(combined from similar events): '));
  assert.equal(events().length, 10);
  assert.deepEqual(
    combined.map(({ message, count }) => [message, count]),
    [['(combined from similar events): attempt 14', 5]],
  );
});

test('EventRecorder.event() drops what goes beyond 25 about an object, one more each five minutes', async () => {
  const { clock, recorder, pod, events } = await setUp();
  const total = () => events().reduce((sum, { count }) => sum + count, 0);
  for (let i = 0; i < 40; i++) recorder.event(pod, 'Warning', `Reason${i}`, 'text');
  await recorder.whenIdle();
  assert.equal(total(), 25);
  clock.advance(300_000);
  recorder.event(pod, 'Warning', 'Later', 'text');
  recorder.event(pod, 'Warning', 'TooMuch', 'text');
  await recorder.whenIdle();
  assert.equal(total(), 26);
});

test('EventRecorder.event() files events of cluster objects in default', async () => {
  const { server, client, recorder } = await setUp();
  const node = await client.create(Nodes, { metadata: { name: 'node-1' } });
  recorder.event(node, 'Normal', 'NodeReady', 'Node is ready');
  await recorder.whenIdle();
  assert.equal(server.all(Events)[0]?.metadata.namespace, 'default');
});

test('EventRecorder.event() tries again while the server is away, and gives up what it refuses', async () => {
  const { clock, server, recorder, pod, events } = await setUp();
  let requests = 0;
  server.onRequest = () => {
    if (++requests <= 3) throw new Error('connection refused');
  };
  recorder.event(pod, 'Normal', 'First', 'text');
  for (let i = 0; i < 10; i++) {
    await turn();
    clock.advance(10_000);
  }
  await recorder.whenIdle();
  assert.equal(requests, 4);
  assert.equal(events().length, 1);
  server.onRequest = () => {
    throw new ApiError('Forbidden', 'the namespace is being terminated');
  };
  recorder.event(pod, 'Normal', 'Second', 'text');
  await recorder.whenIdle();
  assert.equal(events().length, 1);
});

test('EventRecorder.event() holds at most 1000 events and writes none after the signal', async () => {
  const { clock, server, stop, recorder, events } = await setUp();
  for (let i = 0; i < 1500; i++) {
    recorder.event({ kind: 'Pod', namespace: 'shop', name: `web-${i}` }, 'Normal', 'Created', 'text');
  }
  await recorder.whenIdle();
  // The first eight left the queue at once, to be written.
  assert.equal(events().length, 1008);
  server.onRequest = () => {
    throw new Error('connection refused');
  };
  recorder.event({ kind: 'Pod', namespace: 'shop', name: 'last' }, 'Normal', 'Created', 'text');
  const idle = recorder.whenIdle();
  await turn();
  stop.abort();
  await idle;
  clock.advance(60_000);
  assert.equal(events().length, 1008);
});

test('EventRecorder.event() writes the events of eight objects at a time, and loses none of a burst', async () => {
  const { server, client, recorderWith } = await setUp();
  let underWay = 0;
  let most = 0;
  const writtenOf = new Map<string, string[]>();
  const slow = {
    async create<T, I>(resource: Resource<T, I>, object: I): Promise<T> {
      underWay++;
      most = Math.max(most, underWay);
      await turn();
      underWay--;
      const { involvedObject, reason = '' } = object as unknown as Event;
      const name = involvedObject.name ?? '';
      writtenOf.set(name, [...(writtenOf.get(name) ?? []), reason]);
      return client.create(resource, object);
    },
  };
  const recorder = recorderWith(Object.assign(new MemoryClient(server), slow));
  const reasons = Array.from({ length: 10 }, (_, i) => `Reason${i}`);
  for (const reason of reasons) {
    for (let i = 0; i < 50; i++)
      recorder.event({ kind: 'Pod', namespace: 'shop', name: `web-${i}` }, 'Normal', reason, 'text');
  }
  await recorder.whenIdle();
  assert.equal(most, 8);
  assert.equal(writtenOf.size, 50);
  for (const [name, written] of writtenOf) assert.deepEqual(written, reasons, name);
});

test('EventRecorder.event() lets one object that cannot be written hold up no other', async () => {
  const { clock, server, stop, recorder, pod, events } = await setUp();
  let refusals = 0;
  server.onRequest = () => {
    if (refusals++ === 0) throw new Error('connection refused');
  };
  recorder.event(pod, 'Normal', 'First', 'text');
  recorder.event(pod, 'Normal', 'Second', 'text');
  recorder.event({ kind: 'Pod', namespace: 'shop', name: 'other' }, 'Normal', 'Third', 'text');
  for (let i = 0; i < 5; i++) await turn();
  const reasons = () => events().map(({ reason = '' }) => reason);
  assert.deepEqual(reasons(), ['Third']);
  clock.advance(10_000);
  await recorder.whenIdle();
  assert.deepEqual(reasons().toSorted(), ['First', 'Second', 'Third']);
  stop.abort();
});
