import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../../descriptor.ts';
import type { PodSpec, PodStatus } from '../../groups/core.v1.ts';
import { dropClosedFields, dropClosedStatus } from './closed-fields.ts';

const spec = (): Draft<PodSpec> =>
  ({
    containers: [{ name: 'c', lifecycle: { stopSignal: 'SIGTERM' } }],
    schedulingGroup: { podGroupName: 'g' },
    volumes: [{ name: 'v', projected: { sources: [{ clusterTrustBundle: { path: 'a' } }, { secret: {} }] } }],
  }) as unknown as Draft<PodSpec>;

test('dropClosedFields() drops what belongs to features that are off', () => {
  const draft = spec();
  dropClosedFields(draft);
  assert.deepEqual(draft, {
    containers: [{ name: 'c' }],
    volumes: [{ name: 'v', projected: { sources: [{}, { secret: {} }] } }],
  });
});

test('dropClosedFields() keeps what the object has had', () => {
  const draft = spec();
  dropClosedFields(draft, spec() as PodSpec);
  assert.deepEqual(draft, spec());
});

test('dropClosedStatus() drops what belongs to features that are off', () => {
  const draft = {
    nodeAllocatableResourceClaimStatuses: [{ resourceClaimName: 'a' }],
    containerStatuses: [{ name: 'c', volumeMounts: [{ name: 'v', volumeStatus: { image: { imageRef: 'r' } } }] }],
  } as unknown as Draft<PodStatus>;
  dropClosedStatus(draft, {});
  assert.deepEqual(draft, { containerStatuses: [{ name: 'c', volumeMounts: [{ name: 'v' }] }] });
});
