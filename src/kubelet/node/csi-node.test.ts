import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CSINodes, Nodes } from '../../api/resources.ts';
import { virtualClock } from '../../base/clock.ts';
import { MemoryClient } from '../../client/memory-client.ts';
import { MemoryServer } from '../../client/memory-server.ts';
import { ensureCsiNode } from './csi-node.ts';

test('ensureCsiNode() makes an object without drivers that belongs to the node, and keeps the drivers of one that is there', async () => {
  const client = new MemoryClient(new MemoryServer(virtualClock()));
  const first = await client.create(Nodes, { metadata: { name: 'n' } });
  await ensureCsiNode(client, first);
  const made = await client.get(CSINodes, { name: 'n' });
  assert.deepEqual(made.spec.drivers, []);
  assert.equal(made.metadata.ownerReferences?.[0]?.uid, first.metadata.uid);
  const drivers = [{ name: 'd.example.com', nodeID: 'n', topologyKeys: null }];
  await client.update(CSINodes, { ...made, spec: { drivers } });
  await ensureCsiNode(client, first);
  await client.delete(Nodes, { name: 'n' });
  const second = await client.create(Nodes, { metadata: { name: 'n' } });
  await ensureCsiNode(client, second);
  const kept = await client.get(CSINodes, { name: 'n' });
  assert.deepEqual(kept.spec.drivers, drivers);
  assert.equal(kept.metadata.ownerReferences?.[0]?.uid, second.metadata.uid);
});
