import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownedBy, pod, startTime, volumeClaim } from '../testing/objects.ts';
import { claimNames, planFinalizers, podUsesClaim } from './plan.ts';

test('planFinalizers() holds what lives, and lets go of what is deleted and unused', () => {
  const of = (finalizers: readonly string[], deleted: boolean) =>
    volumeClaim('data', { finalizers, ...(deleted ? { deletionTimestamp: startTime } : {}) });
  assert.deepEqual(planFinalizers(of(['x'], false), 'held', false), ['x', 'held']);
  assert.equal(planFinalizers(of(['held'], false), 'held', false), undefined);
  assert.equal(planFinalizers(of(['held'], true), 'held', true), undefined);
  assert.deepEqual(planFinalizers(of(['held', 'x'], true), 'held', false), ['x']);
  assert.equal(planFinalizers(of(['x'], true), 'held', false), undefined);
});

test('podUsesClaim() is about pods that have a node', () => {
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
  assert.equal(podUsesClaim(pod('p', { node: 'n', spec: { volumes } }), volumeClaim('data')), true);
  assert.equal(podUsesClaim(pod('p', { node: 'n', spec: { volumes } }), volumeClaim('other')), false);
  assert.equal(podUsesClaim(pod('p', { spec: { volumes } }), volumeClaim('data')), false);
  assert.equal(podUsesClaim(pod('p', { node: 'n', spec: { volumes }, phase: 'Succeeded' }), volumeClaim('data')), true);
});

test('podUsesClaim() knows the claim that was made for a volume of the pod by its owner', () => {
  const volumes = [{ name: 'scratch', ephemeral: {} }];
  const user = pod('p', { node: 'n', spec: { volumes } });
  assert.deepEqual(claimNames(user), ['p-scratch']);
  assert.equal(podUsesClaim(user, volumeClaim('p-scratch', ownedBy('Pod', 'p', 'v1'))), true);
  assert.equal(podUsesClaim(user, volumeClaim('p-scratch')), false);
  const meta = { deletionTimestamp: startTime, deletionGracePeriodSeconds: 0 };
  const done = pod('p', { node: 'n', spec: { volumes }, meta });
  assert.equal(podUsesClaim(done, volumeClaim('p-scratch', ownedBy('Pod', 'p', 'v1'))), false);
});
