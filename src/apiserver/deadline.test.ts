import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock } from '../base/clock.ts';
import { Deadlines, timeoutError, timeoutOf } from './deadline.ts';
import { readRequestInfo } from './request-info.ts';
import type { ApiRequest } from './request.ts';

function asked(method: string, search: string): ApiRequest {
  const query = new URLSearchParams(search);
  return { info: readRequestInfo(method, '/api/v1/namespaces', query), query } as unknown as ApiRequest;
}

test('timeoutOf() takes what the client asks for when it is less than the limit', () => {
  assert.equal(timeoutOf(asked('GET', ''), 60_000), 60_000);
  assert.equal(timeoutOf(asked('GET', 'timeout=5s'), 60_000), 5000);
  assert.equal(timeoutOf(asked('GET', 'timeout=2m'), 60_000), 60_000);
  assert.equal(timeoutOf(asked('GET', 'timeout=0s'), 60_000), 60_000);
  assert.equal(timeoutOf(asked('GET', 'timeout=-1s'), 60_000), 60_000);
  assert.equal(timeoutOf(asked('POST', ''), 60_000), 34_000);
  assert.equal(timeoutOf(asked('POST', 'timeout=10s'), 60_000), 10_000);
});

test('timeoutOf() refuses what is no length of time', () => {
  assert.throws(() => timeoutOf(asked('GET', 'timeout=soon'), 60_000), {
    code: 400,
    message: 'invalid timeout specified in the request URL - time: invalid duration "soon"',
  });
});

test('timeoutError() says so in the words that reads and writes have', () => {
  assert.deepEqual(timeoutError(asked('GET', '')).toStatus(), {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'Timeout: request did not complete within the allotted timeout',
    reason: 'Timeout',
    details: {},
    code: 504,
  });
  assert.match(timeoutError(asked('PUT', '')).message, /within requested timeout - context deadline exceeded$/);
});

test('limit() gives up on short and long limits when their time is over, and not before', async () => {
  const clock = virtualClock();
  const deadlines = new Deadlines(clock);
  for (const timeoutMs of [500, 60_000]) {
    let over = false;
    const never = new Promise<never>(() => undefined);
    const limited = deadlines.limit(timeoutMs, never, () => {
      over = true;
      return new Error('late');
    });
    clock.advance(timeoutMs - 1);
    assert.equal(over, false);
    clock.advance(1001);
    await assert.rejects(limited, /late/);
  }
  deadlines.close();
});

test('limit() passes on results and faults, and counts no time after them', async () => {
  const clock = virtualClock();
  const deadlines = new Deadlines(clock);
  const late = (): Error => new Error('late');
  assert.equal(await deadlines.limit(60_000, Promise.resolve(1), late), 1);
  await assert.rejects(deadlines.limit(60_000, Promise.reject(new Error('own')), late), /own/);
  clock.advance(120_000);
  deadlines.close();
});
