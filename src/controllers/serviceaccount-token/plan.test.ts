import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Secret } from '../../api/groups/core.v1.ts';
import { metadata, serviceAccount } from '../testing/objects.ts';
import { base64, planToken } from './plan.ts';

const account = serviceAccount('builder');

function secret(data: Secret['data'], uid?: string): Secret {
  const annotations = {
    'kubernetes.io/service-account.name': 'builder',
    ...(uid === undefined ? {} : { 'kubernetes.io/service-account.uid': uid }),
  };
  return { type: 'kubernetes.io/service-account-token', metadata: metadata('token', { annotations }), data };
}

const full = { token: base64('t'), 'ca.crt': base64('PEM'), namespace: base64('default') };

test('planToken() fills a new Secret', () => {
  const plan = planToken(secret(undefined), account, 'PEM');
  assert.ok(plan.type === 'fill');
  assert.ok(plan.needsToken);
  assert.deepEqual(plan.secret.data, { 'ca.crt': base64('PEM'), namespace: base64('default') });
  assert.equal(plan.secret.metadata.annotations?.['kubernetes.io/service-account.uid'], 'uid-builder');
});

test('planToken() leaves a full one alone, and renews the certificate in it', () => {
  assert.equal(planToken(secret(full, 'uid-builder'), account, 'PEM').type, 'none');
  const plan = planToken(secret(full, 'uid-builder'), account, 'NEXT');
  assert.ok(plan.type === 'fill');
  assert.ok(!plan.needsToken);
});

test('planToken() deletes one whose account is gone or another', () => {
  assert.equal(planToken(secret(full, 'uid-builder'), undefined, 'PEM').type, 'delete');
  assert.equal(planToken(secret(full, 'uid-before'), account, 'PEM').type, 'delete');
});

test('planToken() leaves Secrets of other types alone', () => {
  assert.equal(planToken({ ...secret(full), type: 'Opaque' }, undefined, 'PEM').type, 'none');
});
