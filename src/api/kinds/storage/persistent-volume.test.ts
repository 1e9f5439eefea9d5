import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft, WriteContext } from '../../descriptor.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../groups/core.v1.ts';
import { persistentVolumeClaimDescriptor } from './persistent-volume-claim.ts';
import { persistentVolumeDescriptor } from './persistent-volume.ts';

const context: WriteContext = { nowMs: Date.UTC(2030, 0, 1), user: 'u', groups: [], subresource: 'status' };
const now = '2030-01-01T00:00:00Z';
const then = '2020-01-01T00:00:00Z';
const later = '2025-01-01T00:00:00Z';
const volume = (phase: string, lastPhaseTransitionTime?: string): Draft<PersistentVolume> =>
  ({ metadata: { name: 'v' }, spec: {}, status: { phase, lastPhaseTransitionTime } }) as Draft<PersistentVolume>;

test('persistentVolumeDescriptor notes when the phase changed, unless the client does', () => {
  const old = volume('Available', then) as PersistentVolume;
  const cases = [
    [volume('Bound', then), now],
    [volume('Bound'), now],
    [volume('Bound', later), later],
    [volume('Available'), then],
    [volume('Available', later), later],
  ] as const;
  for (const [draft, expected] of cases) {
    persistentVolumeDescriptor.prepareForUpdate?.(draft, old, context);
    assert.equal(draft.status.lastPhaseTransitionTime, expected);
  }
});

test('persistentVolumeDescriptor and persistentVolumeClaimDescriptor know a phase at all times', () => {
  const draft = volume('');
  persistentVolumeDescriptor.defaults?.(draft);
  assert.equal(draft.status.phase, 'Pending');
  const claim = { metadata: { name: 'c' }, spec: {}, status: {} } as Draft<PersistentVolumeClaim>;
  persistentVolumeClaimDescriptor.defaults?.(claim);
  assert.equal(claim.status.phase, 'Pending');
});
