import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../api/groups/events.v1.ts';
import { EventsV1, Pods } from '../api/resources.ts';
import { virtualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { seededRandom } from '../base/random.ts';
import { createEventSeriesRecorder } from './event-series.ts';
import { MemoryClient } from './memory-client.ts';
import { MemoryServer } from './memory-server.ts';

async function setUp() {
  const clock = virtualClock();
  const server = new MemoryServer(clock);
  const client = new MemoryClient(server);
  const stop = new AbortController();
  const recorder = createEventSeriesRecorder({
    client,
    clock,
    random: seededRandom(1),
    log: silentLog,
    component: 'default-scheduler',
    host: 'node-1',
    signal: stop.signal,
  });
  const pod = await client.create(Pods, { metadata: { namespace: 'shop', name: 'web' }, spec: { containers: [] } });
  const tell = async (note: string, regarding = pod): Promise<void> => {
    recorder.event({ regarding, type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', note });
    await recorder.whenIdle();
  };
  const events = () => server.all(EventsV1) as readonly unknown[] as readonly Event[];
  return { clock, server, client, stop, recorder, pod, tell, events };
}

test('event() writes who did what to whom, and why', async () => {
  const { client, recorder, pod, events } = await setUp();
  const other = await client.create(Pods, { metadata: { namespace: 'shop', name: 'vip' }, spec: { containers: [] } });
  const preempted = { type: 'Normal', reason: 'Preempted', action: 'Preempting', note: 'gone' } as const;
  recorder.event({ regarding: pod, related: other, ...preempted });
  await recorder.whenIdle();
  const { metadata, ...rest } = events()[0] ?? assert.fail();
  assert.match(metadata.name, /^web\.[0-9a-f]{16}$/);
  assert.equal(metadata.namespace, 'shop');
  const reference = ({ metadata: { name, uid, resourceVersion } }: typeof pod) => ({
    kind: 'Pod',
    namespace: 'shop',
    name,
    uid,
    apiVersion: 'v1',
    resourceVersion,
  });
  assert.deepEqual(rest, {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'default-scheduler',
    reportingInstance: 'default-scheduler-node-1',
    ...preempted,
    regarding: reference(pod),
    related: reference(other),
    deprecatedSource: {},
  });
});

test('event() makes a series of what happens again to the same object, whatever the text', async () => {
  const { clock, client, pod, tell, events } = await setUp();
  const written = () => events().map(({ note, series }) => [note, series?.count, series?.lastObservedTime]);
  await tell('first');
  clock.advance(1000);
  await tell('second');
  const second = '2026-01-01T00:00:01.000000Z';
  assert.deepEqual(written(), [['first', 2, second]]);
  clock.advance(1000);
  await tell('third');
  assert.deepEqual(written(), [['first', 2, second]]);
  await tell('other', await client.update(Pods, { ...pod, metadata: { ...pod.metadata, labels: { a: 'b' } } }));
  assert.deepEqual(written(), [
    ['first', 2, second],
    ['other', undefined, undefined],
  ]);
});

test('event() writes what a series has come to when it is over, and begins anew', async () => {
  const { clock, recorder, stop, tell, events } = await setUp();
  for (let i = 0; i < 4; i++) await tell('again');
  const counts = () => events().map(({ series }) => series?.count);
  assert.deepEqual(counts(), [2]);
  clock.advance(6 * 60_000);
  clock.advance(6 * 60_000);
  await recorder.whenIdle();
  assert.deepEqual(counts(), [4]);
  await tell('later');
  assert.deepEqual(counts(), [4, undefined]);
  stop.abort();
});

test('event() writes a long series again before it expires, anew when it has', async () => {
  const { clock, server, recorder, tell, events } = await setUp();
  await tell('again');
  await tell('again');
  for (const { metadata } of server.all(EventsV1)) server.delete(EventsV1, metadata);
  for (let minutes = 0; minutes < 30; minutes += 3) {
    clock.advance(3 * 60_000);
    await tell('again');
  }
  await recorder.whenIdle();
  assert.deepEqual(
    events().map(({ series }) => series?.count),
    [11],
  );
});
