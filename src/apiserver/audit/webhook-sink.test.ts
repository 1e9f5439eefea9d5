import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock } from '../../base/clock.ts';
import type { AuditEvent } from './audit-event.ts';
import { createWebhookSink, type WebhookSinkOptions } from './webhook-sink.ts';

const event = { kind: 'Event', auditID: 'a', requestObject: 'x'.repeat(500) } as unknown as AuditEvent;

function make(answers: readonly (number | Error)[], given: Partial<WebhookSinkOptions> = {}) {
  const clock = virtualClock();
  const posted: { readonly kind: string; readonly items: readonly AuditEvent[] }[] = [];
  const lost: string[] = [];
  const post = async (body: string): Promise<number> => {
    posted.push(JSON.parse(body) as (typeof posted)[number]);
    const answer = answers[posted.length - 1] ?? 200;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const batch = { bufferSize: 10, maxSize: 5, maxWaitMs: 100, throttle: undefined };
  const options = {
    post,
    mode: 'blocking-strict',
    initialBackoffMs: 1000,
    batch,
    truncate: undefined,
    ...given,
  } as const;
  const sink = createWebhookSink(options, clock, (_, count, why) => lost.push(`${count}: ${why}`));
  return { clock, posted, lost, sink };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('createWebhookSink() posts an EventList', async () => {
  const { posted, lost, sink } = make([201]);
  assert.equal(await sink.process([event]), true);
  assert.deepEqual(posted, [{ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items: [event] }]);
  assert.deepEqual(lost, []);
  await sink.close();
});

test('createWebhookSink() sends again, later each time, what was not taken', async () => {
  const { clock, posted, sink } = make([new Error('refused'), 503, 429, 200]);
  const taken = sink.process([event]);
  for (const delayMs of [1000, 1500, 2250]) {
    await settled();
    const before = posted.length;
    clock.advance(delayMs - 1);
    await settled();
    assert.equal(posted.length, before);
    clock.advance(1);
  }
  assert.equal(await taken, true);
  assert.equal(posted.length, 4);
  await sink.close();
});

test('createWebhookSink() gives up on what is refused for good', async () => {
  const { posted, lost, sink } = make([400]);
  assert.equal(await sink.process([event]), false);
  assert.equal(posted.length, 1);
  assert.deepEqual(lost, ['1: the server answered 400']);
  await sink.close();
});

test('createWebhookSink() takes the bodies out of events that are too large, and drops those that still are', async () => {
  const { posted, lost, sink } = make([], { truncate: { maxEventBytes: 150, maxBatchBytes: 200 } });
  const hopeless = { ...event, auditID: 'b'.repeat(200) };
  assert.equal(await sink.process([event, hopeless, event]), true);
  assert.deepEqual(lost, ['1: the event is too large']);
  assert.equal(posted.length, 1);
  assert.deepEqual(posted[0]?.items[0], {
    kind: 'Event',
    auditID: 'a',
    annotations: { 'audit.k8s.io/truncated': 'true' },
  });
  await sink.close();
});
