import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Nodes } from '../../api/resources.ts';
import { node } from '../testing/objects.ts';
import { runCluster, type TestCluster } from '../testing/run-cluster.ts';
import { readNodeRanges } from './node-ranges.ts';
import { nodeIpamController } from './reconcile.ts';

const given = ({ api }: TestCluster) =>
  Object.fromEntries(api.all(Nodes).map(({ metadata, spec }) => [metadata.name, (spec.podCIDRs ?? []).join()]));

test('nodeIpamController gives each node a network of its own, and respects what nodes have', async () => {
  await runCluster([nodeIpamController({ clusterCidrs: ['10.244.0.0/16'] })], async (cluster) => {
    const { api, quiet } = cluster;
    await api.create(Nodes, node('a', { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] }));
    await api.create(Nodes, node('b'));
    await api.create(Nodes, node('c'));
    await quiet();
    assert.deepEqual(given(cluster), { a: '10.244.1.0/24', b: '10.244.0.0/24', c: '10.244.2.0/24' });
    assert.equal((await api.get(Nodes, { name: 'b' })).spec.podCIDR, '10.244.0.0/24');
  });
});

test('nodeIpamController gives one network of each family and leaves out those of Services', async () => {
  const ranges = {
    clusterCidrs: ['10.244.0.0/22', 'fd00:10:244::/60'],
    serviceCidrs: ['10.244.0.0/23', 'fd00:10:244::/108'],
  };
  await runCluster([nodeIpamController(ranges)], async (cluster) => {
    await cluster.api.create(Nodes, node('a'));
    await cluster.quiet();
    assert.deepEqual(given(cluster), { a: '10.244.2.0/24,fd00:10:244:1::/64' });
  });
});

test('nodeIpamController tells a node that there is none left, and helps it when another goes', async () => {
  await runCluster([nodeIpamController({ clusterCidrs: ['10.0.0.0/23'] })], async (cluster) => {
    const { api, quiet, events } = cluster;
    for (const name of ['a', 'b', 'c']) await api.create(Nodes, node(name));
    await quiet();
    assert.deepEqual(given(cluster), { a: '10.0.0.0/24', b: '10.0.1.0/24', c: '' });
    assert.equal(events[0], 'CIDRNotAvailable Node c status is now: CIDRNotAvailable');
    await api.delete(Nodes, { name: 'a' });
    await quiet();
    assert.deepEqual(given(cluster), { b: '10.0.1.0/24', c: '10.0.0.0/24' });
  });
});

test('readNodeRanges() refuses ranges that nothing can be given from', () => {
  const wrong = [
    { clusterCidrs: [] },
    { clusterCidrs: ['10.0.0.0/16', '10.1.0.0/16'] },
    { clusterCidrs: ['10.0.0.0/25'] },
    { clusterCidrs: ['fd00::/40'] },
    { clusterCidrs: ['here'] },
    { clusterCidrs: ['10.0.0.0/16'], serviceCidrs: ['10.0.0.0/8'] },
  ];
  for (const ranges of wrong) assert.throws(() => readNodeRanges(ranges), RangeError, JSON.stringify(ranges));
});
