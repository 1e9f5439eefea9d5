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

test('podWarnings() tells of ports and variables that are given twice, and stops before it fills the memory', () => {
  const ports = [
    { containerPort: 80, protocol: 'TCP', name: 'a' },
    { containerPort: 80, protocol: 'UDP', name: 'b' },
    { containerPort: 80, protocol: 'TCP', name: 'b' },
  ];
  const env = ['A', 'B', 'A'].map((name) => ({ name, value: 'x' }));
  const spec = { containers: [{ name: 'c', ports, env }] } as unknown as PodSpec;
  const [at, whose] = ['spec.containers[0]', 'services and probes that select ports by name will use'];
  assert.deepEqual(podWarnings({ spec }, '').toSorted(), [
    `${at}.env[2]: hides previous definition of "A", which may be dropped when using apply`,
    `${at}.ports[2]: duplicate port definition with ${at}.ports[0]`,
    `${at}.ports[2]: duplicate port name "b" with ${at}.ports[1], ${whose} ${at}.ports[1]`,
  ]);
  const same = Array.from({ length: 20_000 }, () => ({ containerPort: 80, protocol: 'TCP' }));
  const many = { containers: [{ name: 'c', ports: same }] } as unknown as PodSpec;
  assert.equal(podWarnings({ spec: many }, '').length, 1000);
});
