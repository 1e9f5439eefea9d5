import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pods, ReplicaSets } from '../../api/resources.ts';
import { template } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { replicaSetController } from './reconcile.ts';

const selector = { matchLabels: { app: 'web' } };

function newReplicaSet(replicas: number) {
  return {
    metadata: { name: 'web', namespace: 'default' },
    spec: { replicas, selector, template: template('v1') },
    status: { replicas: 0 },
  };
}

test('replicaSetController makes exactly the pods it wants, and replaces one that is deleted', async () => {
  await runCluster([replicaSetController], async ({ api, quiet, events }) => {
    await api.create(ReplicaSets, newReplicaSet(7));
    await quiet();
    assert.equal(api.all(Pods).length, 7);
    assert.equal(events.length, 7);
    const first = api.all(Pods)[0];
    assert.ok(first);
    assert.equal(events[0], `SuccessfulCreate Created pod: ${first.metadata.name}`);
    assert.equal(first.metadata.ownerReferences?.[0]?.kind, 'ReplicaSet');
    await api.delete(Pods, first.metadata);
    await quiet();
    assert.equal(api.all(Pods).length, 7);
    assert.equal((await api.get(ReplicaSets, { namespace: 'default', name: 'web' })).status.replicas, 7);
  });
});

test('replicaSetController adopts matching orphans and releases what matches no more', async () => {
  await runCluster([replicaSetController], async ({ api, quiet }) => {
    const pod = { ...template('v1'), metadata: { name: 'orphan', namespace: 'default', labels: { app: 'web' } } };
    await api.create(Pods, pod);
    await api.create(ReplicaSets, newReplicaSet(2));
    await quiet();
    assert.equal(api.all(Pods).length, 2);
    const orphan = await api.get(Pods, { namespace: 'default', name: 'orphan' });
    assert.equal(orphan.metadata.ownerReferences?.[0]?.name, 'web');
    await api.update(Pods, { ...orphan, metadata: { ...orphan.metadata, labels: {} } });
    await quiet();
    assert.equal(api.all(Pods).length, 3);
    assert.deepEqual((await api.get(Pods, orphan.metadata)).metadata.ownerReferences, []);
  });
});
