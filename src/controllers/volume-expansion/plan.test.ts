import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimRef, storageClaim, volume } from '../testing/storage-objects.ts';
import { planExpansion } from './plan.ts';

const bound = (wanted: string, capacity: string) => {
  const status = { phase: 'Bound', capacity: { storage: capacity } };
  return storageClaim('c', { volumeName: 'v', resources: { requests: { storage: wanted } } }, {}, status);
};
const mine = { claimRef: claimRef('c') };

test('planExpansion() says who makes a volume larger', () => {
  assert.deepEqual(planExpansion(bound('1Gi', '1Gi'), volume('v', mine)), { type: 'nothing' });
  assert.deepEqual(planExpansion(bound('2Gi', '1Gi'), volume('v', mine)), {
    type: 'wait',
    message: 'waiting for an external controller to expand this PVC',
  });
  const { hostPath: _, ...spec } = volume('v', mine).spec;
  const cinder = { ...volume('v'), spec: { ...spec, cinder: { volumeID: 'x' } } };
  assert.deepEqual(planExpansion(bound('2Gi', '1Gi'), cinder), {
    type: 'wait',
    message: 'CSI migration enabled for kubernetes.io/cinder; waiting for external resizer to expand the pvc',
    resizer: 'cinder.csi.openstack.org',
  });
});

test('planExpansion() wants nothing of a volume that is another claim\u2019s', () => {
  assert.throws(
    () => planExpansion(bound('2Gi', '1Gi'), volume('v', { claimRef: claimRef('other') })),
    /not bound to PVC/,
  );
  assert.throws(() => planExpansion(bound('2Gi', '1Gi'), undefined), /failed to get pv "v"/);
});
