import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerHealth, type Health, type HealthCheck } from './health.ts';
import type { ApiRequest } from './request.ts';

const well: HealthCheck = { name: 'ping', check: () => undefined };
const ill: HealthCheck = { name: 'etcd', check: () => 'the disk is gone' };
const health: Health = { healthz: [well], livez: [well], readyz: [well, ill] };

function ask(url: string): { readonly status: number; readonly text: string } | undefined {
  const [path = '', search = ''] = url.split('?');
  const request = { info: { verb: 'get', path }, query: new URLSearchParams(search) } as unknown as ApiRequest;
  const answer = answerHealth(health, request);
  return answer?.type === 'raw' ? { status: answer.status, text: String(answer.body) } : undefined;
}

test('answerHealth() answers ok, or every check when it is asked to', () => {
  assert.deepEqual(ask('/livez'), { status: 200, text: 'ok' });
  assert.deepEqual(ask('/livez?verbose'), { status: 200, text: '[+]ping ok\nlivez check passed\n' });
});

test('answerHealth() tells which check failed, and why only to who asks for that check', () => {
  const text = '[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n';
  assert.deepEqual(ask('/readyz'), { status: 500, text });
  assert.deepEqual(ask('/readyz/etcd'), { status: 500, text: 'internal server error: the disk is gone\n' });
  assert.deepEqual(ask('/readyz/ping'), { status: 200, text: 'ok' });
});

test('answerHealth() leaves out what is excluded, and says what it could not', () => {
  assert.deepEqual(ask('/readyz?exclude=etcd'), { status: 200, text: 'ok' });
  const text =
    '[+]ping ok\n[+]etcd excluded: ok\n' +
    'warn: some health checks cannot be excluded: no matches for "a","b"\nreadyz check passed\n';
  assert.deepEqual(ask('/readyz?verbose=true&exclude=etcd&exclude=b&exclude=a'), { status: 200, text });
});

test('answerHealth() knows no other check and no other path', () => {
  assert.deepEqual(ask('/livez/etcd'), { status: 404, text: '404 page not found\n' });
  assert.equal(ask('/version'), undefined);
});
