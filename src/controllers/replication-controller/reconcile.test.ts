import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pods, ReplicationControllers } from '../../api/resources.ts';
import { template } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { replicationController } from './reconcile.ts';

test('replicationController makes its pods, replaces them and scales down', async () => {
  await runCluster([replicationController], async ({ api, quiet, events }) => {
    const ref = { namespace: 'default', name: 'old' };
    await api.create(ReplicationControllers, {
      metadata: ref,
      spec: { replicas: 3, selector: { app: 'web' }, template: template('v1') },
      status: { replicas: 0 },
    });
    await quiet();
    const [first] = api.all(Pods);
    assert.ok(first);
    const { kind, apiVersion, name } = first.metadata.ownerReferences?.[0] ?? {};
    assert.deepEqual([kind, apiVersion, name], ['ReplicationController', 'v1', 'old']);
    assert.equal(events[0], `SuccessfulCreate Created pod: ${first.metadata.name}`);
    await api.delete(Pods, first.metadata);
    await quiet();
    assert.equal(api.all(Pods).length, 3);
    const before = await api.get(ReplicationControllers, ref);
    assert.equal(before.status.replicas, 3);
    await api.update(ReplicationControllers, { ...before, spec: { ...before.spec, replicas: 1 } });
    await quiet();
    assert.equal(api.all(Pods).length, 1);
    assert.equal((await api.get(ReplicationControllers, ref)).status.replicas, 1);
  });
});
