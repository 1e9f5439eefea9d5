import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploymentController } from './deployment/reconcile.ts';
import { replicaSetController } from './replicaset/reconcile.ts';
import { chooseControllers } from './run-controllers.ts';

const all = [replicaSetController, deploymentController];
const chosen = (...names: string[]) => chooseControllers(all, names).map(({ alias }) => alias);

test('chooseControllers() takes all, named and unnamed ones by name and alias', () => {
  assert.deepEqual(chosen('*'), ['replicaset', 'deployment']);
  assert.deepEqual(chosen('*', '-deployment'), ['replicaset']);
  assert.deepEqual(chosen('*', '-replicaset-controller'), ['deployment']);
  assert.deepEqual(chosen('deployment-controller'), ['deployment']);
  assert.deepEqual(chosen(), []);
});

test('chooseControllers() refuses a name that no controller has', () => {
  for (const name of ['nothing', '-nothing', '']) assert.throws(() => chosen(name), RangeError);
});
