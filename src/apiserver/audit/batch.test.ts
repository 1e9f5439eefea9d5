import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock } from '../../base/clock.ts';
import type { AuditEvent } from './audit-event.ts';
import { Batch, type BatchOptions } from './batch.ts';

const event = (auditID: string): AuditEvent => ({ auditID }) as AuditEvent;

function make(given: Partial<BatchOptions> = {}) {
  const clock = virtualClock();
  const sent: string[] = [];
  let dropped = 0;
  const options = { bufferSize: 100, maxSize: 3, maxWaitMs: 1000, throttle: undefined, ...given };
  const send = async (events: readonly AuditEvent[]): Promise<void> => {
    sent.push(events.map(({ auditID }) => auditID).join(''));
  };
  const batch = new Batch(options, clock, send, (count) => (dropped += count));
  const take = (text: string): void => {
    for (const letter of text) batch.process([event(letter)]);
  };
  return { clock, sent, batch, take, dropped: () => dropped };
}

test('Batch sends what is full at once, and the rest when its first event has waited', () => {
  const { clock, sent, take } = make();
  take('abcd');
  assert.deepEqual(sent, ['abc']);
  clock.advance(999);
  take('e');
  assert.deepEqual(sent, ['abc']);
  clock.advance(1);
  assert.deepEqual(sent, ['abc', 'de']);
  clock.advance(5000);
  assert.deepEqual(sent, ['abc', 'de']);
});

test('Batch sends no faster than it may, and drops what its buffer cannot hold', () => {
  const { clock, sent, take, dropped } = make({ bufferSize: 6, maxSize: 2, throttle: { qps: 1, burst: 1 } });
  take('abcdefghij');
  assert.deepEqual(sent, ['ab']);
  assert.equal(dropped(), 2);
  clock.advance(1000);
  assert.deepEqual(sent, ['ab', 'cd']);
  clock.advance(2000);
  assert.deepEqual(sent, ['ab', 'cd', 'ef', 'gh']);
});

test('Batch sends all there is when it is closed, and takes nothing after that', async () => {
  const { sent, batch, take, dropped } = make({ throttle: { qps: 1, burst: 1 } });
  take('abcde');
  await batch.close();
  assert.deepEqual(sent, ['abc', 'de']);
  take('f');
  assert.equal(dropped(), 1);
});
