import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PersistentVolumeClaims, Pods, StatefulSets } from '../../api/resources.ts';
import { metadata, statefulSet, template } from '../testing/objects.ts';
import { readyPods } from '../testing/ready-pods.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { statefulSetController } from './reconcile.ts';

const ref = { namespace: 'default', name: 'db' };

test('statefulSetController makes pods and claims in order, updates and scales them', async () => {
  await runCluster([statefulSetController, readyPods], async ({ api, quiet, events }) => {
    const claim = { metadata: metadata('data'), spec: { accessModes: ['ReadWriteOnce'], resources: {} }, status: {} };
    const { spec } = statefulSet({ volumeClaimTemplates: [claim] });
    await api.create(StatefulSets, { metadata: ref, spec });
    await quiet();
    assert.deepEqual(
      api.all(Pods).map(({ metadata: { name } }) => name),
      ['db-0', 'db-1', 'db-2'],
    );
    assert.equal(api.all(PersistentVolumeClaims).length, 3);
    assert.ok(events.includes('SuccessfulCreate create Pod db-0 in StatefulSet db successful'));

    const current = await api.get(StatefulSets, ref);
    assert.equal(current.status.readyReplicas, 3);
    await api.update(StatefulSets, { ...current, spec: { ...current.spec, template: template('v2') } });
    await quiet();
    assert.ok(api.all(Pods).every((pod) => pod.spec.containers[0]?.image === 'v2'));
    const updated = await api.get(StatefulSets, ref);
    assert.equal(updated.status.currentRevision, updated.status.updateRevision);

    await api.update(StatefulSets, { ...updated, spec: { ...updated.spec, replicas: 1 } });
    await quiet();
    assert.deepEqual(
      api.all(Pods).map(({ metadata: { name } }) => name),
      ['db-0'],
    );
    assert.equal(api.all(PersistentVolumeClaims).length, 3);
  });
});

test('statefulSetController tells why it makes a pod anew', async () => {
  await runCluster([statefulSetController, readyPods], async ({ api, quiet, events }) => {
    await api.create(StatefulSets, { metadata: ref, spec: statefulSet({ replicas: 2 }).spec });
    await quiet();
    for (const [name, phase] of [
      ['db-0', 'Failed'],
      ['db-1', 'Succeeded'],
    ] as const) {
      const pod = await api.get(Pods, { namespace: 'default', name });
      await api.updateStatus(Pods, { ...pod, status: { ...pod.status, phase } });
    }
    await quiet();
    assert.ok(events.includes('RecreatingFailedPod StatefulSet default/db is recreating failed Pod db-0'));
    assert.ok(events.includes('RecreatingTerminatedPod StatefulSet default/db is recreating terminated Pod db-1'));
    assert.deepEqual(
      api.all(Pods).map(({ status }) => status.phase),
      ['Running', 'Running'],
    );
  });
});
