import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControllerRevisions, DaemonSets, Nodes, Pods } from '../../api/resources.ts';
import { daemonSet, node, template } from '../testing/objects.ts';
import { readyPods } from '../testing/ready-pods.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { daemonSetController } from './reconcile.ts';

const ref = { namespace: 'default', name: 'agent' };

test('daemonSetController follows nodes that come and go, and updates pods', async () => {
  await runCluster([daemonSetController, readyPods], async ({ api, quiet }) => {
    await api.create(Nodes, node('a'));
    await api.create(DaemonSets, { metadata: ref, spec: daemonSet().spec });
    await quiet();
    assert.equal(api.all(Pods).length, 1);
    await api.create(Nodes, node('b'));
    await quiet();
    assert.equal(api.all(Pods).length, 2);

    const current = await api.get(DaemonSets, ref);
    assert.equal(current.status.numberAvailable, 2);
    await api.update(DaemonSets, { ...current, spec: { ...current.spec, template: template('v2') } });
    await quiet();
    assert.deepEqual(
      api.all(Pods).map(({ spec }) => spec.containers[0]?.image),
      ['v2', 'v2'],
    );
    assert.deepEqual(
      api.all(ControllerRevisions).map(({ revision }) => revision),
      [1, 2],
    );
    assert.equal((await api.get(DaemonSets, ref)).status.updatedNumberScheduled, 2);

    await api.delete(Nodes, { name: 'b' });
    await quiet();
    assert.equal((await api.get(DaemonSets, ref)).status.desiredNumberScheduled, 1);
  });
});
