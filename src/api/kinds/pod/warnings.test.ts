import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodSpec } from '../../groups/core.v1.ts';
import { podWarnings } from './warnings.ts';

test('podWarnings() tells of broken bytes, resource by resource, and of volumes of the past', () => {
  const amounts = { memory: '100m', 'ephemeral-storage': '100m' };
  const spec = {
    containers: [{ name: 'c', resources: { limits: amounts, requests: amounts } }],
    volumes: [{ name: 'v', storageos: {} }],
  } as unknown as PodSpec;
  const broken = (field: string): string =>
    `spec.containers[0].resources.${field}: fractional byte value "100m" is invalid, must be an integer`;
  assert.deepEqual(podWarnings({ spec }, ''), [
    'spec.volumes[0].storageOS: deprecated in v1.22, non-functional in v1.25+',
    broken('limits[memory]'),
    broken('requests[memory]'),
    broken('limits[ephemeral-storage]'),
    broken('requests[ephemeral-storage]'),
  ]);
});
