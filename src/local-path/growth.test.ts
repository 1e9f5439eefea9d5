import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume, PersistentVolumeClaim } from '../api/groups/core.v1.ts';
import { grownClaim, grownVolume, wantedSize } from './growth.ts';

const stored = { uid: 'u1', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' };

function claim(wanted: string, has: string): PersistentVolumeClaim {
  return {
    metadata: { name: 'data', namespace: 'default', ...stored },
    spec: { resources: { requests: { storage: wanted } }, volumeName: 'v' },
    status: { phase: 'Bound', capacity: { storage: has } },
  };
}

const volume = (storage: string, uid = 'u1'): PersistentVolume => ({
  metadata: { name: 'v', ...stored },
  spec: { capacity: { storage }, claimRef: { name: 'data', namespace: 'default', uid } },
  status: { phase: 'Bound' },
});

test('wantedSize() is what a claim asks for beyond what it or its volume has', () => {
  assert.equal(wantedSize(claim('2Gi', '1Gi'), volume('1Gi')), '2Gi');
  assert.equal(wantedSize(claim('2Gi', '1Gi'), volume('2Gi')), '2Gi');
  assert.equal(wantedSize(claim('2048Mi', '2Gi'), volume('2Gi')), undefined);
  assert.equal(wantedSize(claim('2Gi', '1Gi'), volume('1Gi', 'another')), undefined);
});

test('grownVolume() and grownClaim() say the new size and nothing of the way there', () => {
  assert.equal(grownVolume(volume('1Gi'), '2Gi').spec.capacity?.['storage'], '2Gi');
  const large = volume('5Gi');
  assert.equal(grownVolume(large, '2Gi'), large);
  const before = claim('2Gi', '1Gi');
  const conditions = [
    { type: 'Resizing', status: 'True' },
    { type: 'Other', status: 'True' },
  ];
  const grown = grownClaim({ ...before, status: { ...before.status, conditions } }, '2Gi');
  assert.deepEqual(grown.status, {
    phase: 'Bound',
    conditions: [{ type: 'Other', status: 'True' }],
    capacity: { storage: '2Gi' },
    allocatedResources: { storage: '2Gi' },
  });
});
