import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { deploymentController } from './deployment/reconcile.ts';
import { replicaSetController } from './replicaset/reconcile.ts';
import { chooseControllers, knownControllers } from './run-controllers.ts';

const quietController = { ...replicaSetController, name: 'quiet-controller', alias: 'quiet', offByDefault: true };
const all = [replicaSetController, deploymentController, quietController];
const chosen = (...names: string[]) => chooseControllers(all, names).map(({ alias }) => alias);

test('chooseControllers() takes all, named and unnamed ones by name and alias', () => {
  assert.deepEqual(chosen('*'), ['replicaset', 'deployment']);
  assert.deepEqual(chosen('*', '-deployment'), ['replicaset']);
  assert.deepEqual(chosen('*', '-replicaset-controller'), ['deployment']);
  assert.deepEqual(chosen('deployment-controller'), ['deployment']);
  assert.deepEqual(chosen(), []);
  assert.deepEqual(chosen('-deployment', 'deployment', '*'), ['replicaset'], 'what is said first holds');
});

test('chooseControllers() takes what is off by default only by its name', () => {
  assert.deepEqual(chosen('*', 'quiet'), ['replicaset', 'deployment', 'quiet']);
  assert.deepEqual(chosen('quiet-controller'), ['quiet']);
});

test('chooseControllers() refuses a name that no controller has', () => {
  for (const name of ['nothing', '-nothing', '']) assert.throws(() => chosen(name), RangeError);
});

test('knownControllers() are those that docs/controllers.md lists', () => {
  const page = readFileSync(new URL('../../docs/controllers.md', import.meta.url), 'utf8');
  const [on = '', off = ''] = page.split('## Off by default');
  const listed = (part: string) =>
    [...part.matchAll(/^\| `([^`]+)` \| `([^`]+)`/gm)].map(([, name, alias]) => `${name} ${alias}`);
  const named = (offByDefault: boolean) =>
    knownControllers()
      .filter((one) => (one.offByDefault ?? false) === offByDefault)
      .map(({ name, alias }) => `${name} ${alias}`)
      .toSorted();
  assert.deepEqual(listed(on).toSorted(), named(false));
  assert.deepEqual(listed(off).toSorted(), named(true));
});
