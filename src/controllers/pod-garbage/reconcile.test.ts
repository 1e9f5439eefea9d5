import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Nodes, Pods } from '../../api/resources.ts';
import { node, pod } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { podGarbageController } from './reconcile.ts';

test('podGarbageController removes the pods of a node that stays missing', async () => {
  await runCluster([podGarbageController], async ({ api, clock, quiet }) => {
    await api.create(Nodes, node('a'));
    await api.create(Pods, pod('p', { node: 'a' }));
    await quiet();
    await api.delete(Nodes, { name: 'a' });
    for (let passed = 0; passed < 40; passed += 20) {
      await quiet();
      assert.equal(api.all(Pods).length, 1);
      clock.advance(20_000);
    }
    clock.advance(20_000);
    await quiet();
    assert.equal(api.all(Pods).length, 0);
  });
});
