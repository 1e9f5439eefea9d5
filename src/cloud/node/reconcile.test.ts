import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../../api/groups/core.v1.ts';
import { Nodes } from '../../api/resources.ts';
import type { Instance, Instances } from '../provider.ts';
import { cloudNode } from '../testing/objects.ts';
import { runCloud } from '../testing/run-cloud.ts';
import { cloudNodeController } from './reconcile.ts';

const taints = [{ key: 'node.cloudprovider.kubernetes.io/uninitialized', value: 'true', effect: 'NoSchedule' }];
const machine: Instance = {
  providerId: 'cloud://5',
  instanceType: 'small',
  zone: 'z1',
  region: 'r1',
  addresses: [{ type: 'InternalIP', address: '10.0.0.5' }],
  isShutdown: false,
};

test('cloudNodeController() initializes a node as soon as the cloud knows its machine, and refreshes it later', async () => {
  let found: Instance | undefined;
  const instances: Instances = { find: async () => found };
  await runCloud(
    () => cloudNodeController(instances),
    async ({ server, clock, events, until, quiet, get }) => {
      server.create(Nodes, { ...cloudNode('a', { taints }) });
      server.create(Nodes, { ...cloudNode('elsewhere') });
      await quiet();
      assert.deepEqual(get<Node>(Nodes, 'a').spec.taints, taints);
      found = machine;
      clock.advance(5000);
      await until(() => get<Node>(Nodes, 'a').spec.providerID === 'cloud://5');
      const node = get<Node>(Nodes, 'a');
      assert.deepEqual(node.spec.taints, []);
      assert.deepEqual(node.status.addresses, machine.addresses);
      assert.equal(node.metadata.labels?.['topology.kubernetes.io/zone'], 'z1');
      assert.deepEqual(events, ['Normal Synced Node synced successfully']);
      found = { ...machine, addresses: [{ type: 'InternalIP', address: '10.0.0.6' }] };
      clock.advance(300_000);
      await until(() => get<Node>(Nodes, 'a').status.addresses?.[0]?.address === '10.0.0.6');
      assert.equal(get<Node>(Nodes, 'elsewhere').spec.providerID, undefined);
    },
  );
});
