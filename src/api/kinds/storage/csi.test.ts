import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft, WriteContext } from '../../descriptor.ts';
import type { CSIDriver } from '../../groups/storage.v1.ts';
import { csiDriverDescriptor } from './csi.ts';

const context: WriteContext = { nowMs: 0, user: 'u', groups: [], subresource: '' };

test('csiDriverDescriptor drops what a gate that is off hides, unless the driver has it already', () => {
  const driver = (preventPodSchedulingIfMissing?: boolean): Draft<CSIDriver> =>
    ({ metadata: { name: 'd', generation: 1 }, spec: { preventPodSchedulingIfMissing } }) as Draft<CSIDriver>;
  const created = driver(true);
  csiDriverDescriptor.prepareForCreate?.(created, context);
  assert.equal(created.spec.preventPodSchedulingIfMissing, undefined);
  for (const [before, after] of [
    [undefined, undefined],
    [false, true],
  ] as const) {
    const updated = driver(true);
    csiDriverDescriptor.prepareForUpdate?.(updated, driver(before) as CSIDriver, context);
    assert.equal(updated.spec.preventPodSchedulingIfMissing, after);
  }
});
