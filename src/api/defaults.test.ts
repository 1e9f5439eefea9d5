import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyDefaults } from './defaults.ts';
import { ConfigMap, Pod } from './groups/core.v1.ts';
import { CustomResourceDefinition } from './groups/apiextensions.v1.ts';

test('applyDefaults() fills in constants of what is there', () => {
  const pod = {
    spec: {
      containers: [{ name: 'c', ports: [{ containerPort: 1 }, { containerPort: 2, protocol: 'UDP' }] }],
      volumes: [{ name: 'd', azureDisk: { diskName: 'd', fsType: 'xfs' } }],
    },
  };
  applyDefaults(Pod, pod);
  assert.deepEqual(pod.spec.containers[0]?.ports, [
    { containerPort: 1, protocol: 'TCP' },
    { containerPort: 2, protocol: 'UDP' },
  ]);
  assert.deepEqual(pod.spec.volumes[0]?.azureDisk, {
    diskName: 'd',
    fsType: 'xfs',
    cachingMode: 'ReadWrite',
    kind: 'Shared',
  });
});

test('applyDefaults() leaves types without constants alone', () => {
  const configMap = { data: { a: 'b' } };
  applyDefaults(ConfigMap, configMap);
  assert.deepEqual(configMap, { data: { a: 'b' } });
  applyDefaults(CustomResourceDefinition, { spec: null });
});
