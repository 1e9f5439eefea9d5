import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeAddress } from '../../api/groups/core.v1.ts';
import type { Instance } from '../provider.ts';
import { cloudNode } from '../testing/objects.ts';
import { initializedTaints, planNode } from './plan.ts';

const taints = [
  { key: 'node.cloudprovider.kubernetes.io/uninitialized', value: 'true', effect: 'NoSchedule' },
  { key: 'mine', effect: 'NoExecute' },
];
const internal: NodeAddress = { type: 'InternalIP', address: '10.0.0.5' };
const external: NodeAddress = { type: 'ExternalIP', address: '192.0.2.5' };
const hostname: NodeAddress = { type: 'Hostname', address: 'a' };
const instance: Instance = {
  providerId: 'cloud://5',
  instanceType: 'small',
  zone: 'z1',
  region: 'r1',
  addresses: [internal, external],
  labels: { 'example.com/rack': '7' },
  isShutdown: false,
};
const labels = {
  'node.kubernetes.io/instance-type': 'small',
  'beta.kubernetes.io/instance-type': 'small',
  'topology.kubernetes.io/zone': 'z1',
  'failure-domain.beta.kubernetes.io/zone': 'z1',
  'topology.kubernetes.io/region': 'r1',
  'failure-domain.beta.kubernetes.io/region': 'r1',
  'example.com/rack': '7',
};

test('planNode() fills in a new node and takes its taint off, no other', () => {
  const node = cloudNode('a', { taints }, { addresses: [hostname] });
  assert.deepEqual(planNode(node, instance), {
    addresses: [internal, external, hostname],
    labels,
    providerId: 'cloud://5',
    initialize: true,
  });
  assert.deepEqual(initializedTaints(node), [taints[1]]);
});

test('planNode() leaves alone what is as it should be', () => {
  const node = cloudNode('a', { providerID: 'cloud://5' }, { addresses: [internal, external, hostname] }, { labels });
  const nothing = { addresses: undefined, labels: {}, providerId: undefined, initialize: false };
  assert.deepEqual(planNode(node, instance), nothing);
  assert.deepEqual(planNode(node, { ...instance, zone: '' }), nothing);
  assert.deepEqual(planNode(node, { ...instance, zone: 'z2' }).labels, {
    'topology.kubernetes.io/zone': 'z2',
    'failure-domain.beta.kubernetes.io/zone': 'z2',
  });
});

test('planNode() puts the address that the kubelet uses first, and fails when the machine does not have it', () => {
  const addresses = [{ type: 'InternalIP', address: '10.0.0.4' }, internal, external];
  const node = (ip: string) =>
    cloudNode('a', { taints }, {}, { annotations: { 'alpha.kubernetes.io/provided-node-ip': ip } });
  assert.deepEqual(planNode(node('10.0.0.5'), { ...instance, addresses }).addresses, [internal, external]);
  assert.throws(() => planNode(node('10.9.9.9'), instance), {
    message: 'failed to get node address from cloud provider that matches ip: 10.9.9.9',
  });
});
