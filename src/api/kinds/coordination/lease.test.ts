import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../../descriptor.ts';
import type { Lease } from '../../groups/coordination.v1.ts';
import { sent } from '../../testing/checked.ts';
import { leaseDescriptor } from './lease.ts';

test('leaseDescriptor drops what coordinated elections would read', () => {
  const draft = sent(leaseDescriptor, {
    spec: { holderIdentity: 'h', strategy: 'X', preferredHolder: 'p' },
  }) as Draft<Lease>;
  leaseDescriptor.prepareForCreate?.(draft, { nowMs: 0, user: 'u', groups: [], subresource: '' });
  assert.deepEqual(draft.spec, { holderIdentity: 'h' });
});
