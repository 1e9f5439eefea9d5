import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode } from 'dns-packet';
import { virtualClock } from '../base/clock.ts';
import { ResponseCache } from './response-cache.ts';

function query(name: string, id = 1): Buffer {
  return encode({ type: 'query', id, questions: [{ type: 'A', name }] });
}

function response(name: string, ttl: number): Buffer {
  const answers = [{ type: 'A', name, ttl, data: '192.0.2.1' } as const];
  return encode({ type: 'response', id: 1, questions: [{ type: 'A', name }], answers });
}

test('find() answers with the id of the query and what is left of the time to live', () => {
  const clock = virtualClock();
  const cache = new ResponseCache(() => clock.now());
  cache.store(query('a.example'), response('a.example', 20));
  clock.advance(5000);
  const found = decode(cache.find(query('A.example', 9)) ?? assert.fail());
  const [answer] = found.answers ?? [];
  assert.deepEqual([found.id, found.questions?.[0]?.name], [9, 'A.example']);
  assert.equal(answer?.type === 'A' && answer.ttl, 15);
  clock.advance(15_000);
  assert.equal(cache.find(query('a.example')), undefined);
});

test('store() keeps nothing for longer than half a minute, and nothing that must not be kept', () => {
  const clock = virtualClock();
  const cache = new ResponseCache(() => clock.now());
  cache.store(query('a.example'), response('a.example', 3600));
  cache.store(query('b.example'), response('b.example', 0));
  cache.store(query('c.example'), Buffer.from('broken'));
  assert.equal(cache.size, 1);
  clock.advance(30_000);
  assert.equal(cache.find(query('a.example')), undefined);
});

test('store() holds a bounded number of responses', () => {
  const cache = new ResponseCache(() => 0);
  for (let i = 0; i < 5000; i++) cache.store(query(`n${i}.example`), response(`n${i}.example`, 60));
  assert.equal(cache.size, 4096);
  assert.equal(cache.find(query('n0.example')), undefined);
  assert.notEqual(cache.find(query('n4999.example')), undefined);
});
