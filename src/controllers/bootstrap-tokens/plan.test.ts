import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import type { Secret } from '../../api/groups/core.v1.ts';
import { bootstrapToken, nowMs } from '../testing/objects.ts';
import { tokenEndMs, planSignatures } from './plan.ts';

const key = 'jws-kubeconfig-abcdef';
const info = { data: { kubeconfig: 'cluster', other: 'kept' } };
const plan = (secret: Secret, data: Record<string, string> = info.data) => planSignatures({ data }, [secret], nowMs);

test('planSignatures() signs the kubeconfig with every token that may sign', () => {
  const { [key]: signature = '', ...rest } = plan(bootstrapToken()) ?? {};
  assert.deepEqual(rest, info.data);
  const [header = '', nothing, mac] = signature.split('.');
  assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), { alg: 'HS256', kid: 'abcdef' });
  assert.equal(nothing, '', 'the payload is left out');
  const payload = Buffer.from('cluster').toString('base64url');
  const expected = createHmac('sha256', 'abcdef.0123456789abcdef').update(`${header}.${payload}`).digest('base64url');
  assert.equal(mac, expected);
  assert.equal(plan(bootstrapToken(), { ...info.data, [key]: signature }), undefined, 'it is there already');
});

test('planSignatures() takes away signatures of tokens that may not sign', () => {
  const data = { ...info.data, [key]: 'old' };
  const others = [
    bootstrapToken({ 'usage-bootstrap-signing': 'no' }),
    bootstrapToken({ 'token-secret': '' }),
    bootstrapToken({ 'token-id': 'ABCDEF' }),
    bootstrapToken({ 'token-id': 'fedcba' }),
    bootstrapToken({ expiration: '2025-12-31T23:59:59Z' }),
    bootstrapToken({ expiration: 'some day' }),
    { ...bootstrapToken(), type: 'Opaque' },
  ];
  for (const secret of others) assert.deepEqual(plan(secret, data), info.data);
  assert.equal(planSignatures({ data: { other: 'x', [key]: 'old' } }, [], nowMs), undefined, 'nothing to sign');
});

test('tokenEndMs() takes what it cannot read for over', () => {
  assert.equal(tokenEndMs(bootstrapToken()), undefined);
  assert.equal(tokenEndMs(bootstrapToken({ expiration: '2026-01-01T00:00:00Z' })), nowMs);
  for (const expiration of ['tomorrow', '1', '2026-13-01T00:00:00Z']) {
    assert.equal(tokenEndMs(bootstrapToken({ expiration })), -Infinity);
  }
});
