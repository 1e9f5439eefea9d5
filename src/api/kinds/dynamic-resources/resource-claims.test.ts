import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft, WriteContext } from '../../descriptor.ts';
import type { ResourceClaim, ResourceSlice } from '../../groups/resource.v1.ts';
import { deviceClassDescriptor, resourceClaimDescriptor, resourceSliceDescriptor } from './resource-claims.ts';

const context = { nowMs: 0, subresource: '' } as WriteContext;
const slice = (...devices: readonly object[]): Draft<ResourceSlice> =>
  ({ metadata: { name: 's' }, spec: { driver: 'd.io', devices } }) as unknown as Draft<ResourceSlice>;

test('resourceSliceDescriptor dates taints, and drops fields of closed features', () => {
  const closed = { attributes: { a: { int: 1, ints: [1] } }, nodeAllocatableResourceMappings: { cpu: {} } };
  const draft = slice({ name: 'x', taints: [{ key: 'a', effect: 'None' }], ...closed });
  resourceSliceDescriptor.prepareForCreate?.(draft, context);
  assert.deepEqual(draft.spec.devices, [
    {
      name: 'x',
      taints: [{ key: 'a', effect: 'None', timeAdded: '1970-01-01T00:00:00Z' }],
      attributes: { a: { int: 1 } },
    },
  ]);
});

test('resourceSliceDescriptor keeps fields of closed features where there have been such', () => {
  const old = slice({ name: 'y', attributes: { a: { ints: [1] } } }) as unknown as ResourceSlice;
  const draft = slice({ name: 'x', attributes: { a: { bools: [true] } } });
  resourceSliceDescriptor.prepareForUpdate?.(draft, old, context);
  assert.deepEqual(draft.spec.devices, [{ name: 'x', attributes: { a: { bools: [true] } } }]);
});

test('resourceSliceDescriptor warns of drivers in capitals', () => {
  const upper = { ...slice(), spec: { driver: 'D.io' } } as unknown as ResourceSlice;
  assert.deepEqual(resourceSliceDescriptor.warnings?.(upper, undefined, context), [
    'spec.driver: driver names should be lowercase; "D.io" contains uppercase characters',
  ]);
  assert.deepEqual(resourceSliceDescriptor.warnings?.(slice() as unknown as ResourceSlice, undefined, context), []);
});

test('resourceClaimDescriptor forgets what was told of devices that the claim has no more', () => {
  const device = (name: string): object => ({ driver: 'd.io', pool: 'p', device: name });
  const claim = (given: readonly string[], told: readonly string[]): Draft<ResourceClaim> =>
    ({
      metadata: {},
      spec: { devices: {} },
      status: { allocation: { devices: { results: given.map(device) } }, devices: told.map(device) },
    }) as unknown as Draft<ResourceClaim>;
  const told = (given: readonly string[]): unknown => {
    const draft = claim(given, ['x', 'y']);
    const old = claim(['x', 'y'], ['x', 'y']) as unknown as ResourceClaim;
    resourceClaimDescriptor.prepareForUpdate?.(draft, old, { ...context, subresource: 'status' });
    return draft.status.devices;
  };
  assert.deepEqual(told(['x']), [device('x')]);
  assert.equal(told([]), undefined);
});

test('deviceClassDescriptor checks names, but not what they are made from', () => {
  assert.deepEqual(deviceClassDescriptor.nameErrors?.('A_', true), []);
  assert.equal(deviceClassDescriptor.nameErrors?.('A_', false).length, 1);
});
