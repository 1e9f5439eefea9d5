import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namespace, serviceAccount } from '../testing/objects.ts';
import { planServiceAccounts } from './plan.ts';

test('planServiceAccounts() wants the account "default" in every namespace that is not being deleted', () => {
  assert.deepEqual(planServiceAccounts(namespace('a'), []), ['default']);
  assert.deepEqual(planServiceAccounts(namespace('a'), [serviceAccount('other')]), ['default']);
  assert.deepEqual(planServiceAccounts(namespace('a'), [serviceAccount('default')]), []);
  assert.deepEqual(planServiceAccounts(namespace('a', { phase: 'Terminating' }), []), []);
  assert.deepEqual(planServiceAccounts(undefined, []), []);
});
