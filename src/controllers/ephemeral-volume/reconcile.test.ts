import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PersistentVolumeClaims, Pods } from '../../api/resources.ts';
import { pod } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { ephemeralVolumeController } from './reconcile.ts';

const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const volumes = [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { metadata: {} as never, spec } } }];
const ref = { namespace: 'default', name: 'p-scratch' };

test('ephemeralVolumeController makes the claim of a pod, again when it is deleted', async () => {
  await runCluster([ephemeralVolumeController], async ({ api, quiet }) => {
    const { uid } = (await api.create(Pods, pod('p', { spec: { volumes } }))).metadata;
    await quiet();
    const first = await api.get(PersistentVolumeClaims, ref);
    assert.equal(first.metadata.ownerReferences?.[0]?.uid, uid);
    await api.delete(PersistentVolumeClaims, ref);
    await quiet();
    assert.notEqual((await api.get(PersistentVolumeClaims, ref)).metadata.uid, first.metadata.uid);
  });
});

test('ephemeralVolumeController says that a name is taken, and goes on when it is free', async () => {
  await runCluster([ephemeralVolumeController], async ({ api, events, clock, quiet, until }) => {
    await api.create(PersistentVolumeClaims, { metadata: ref, spec });
    await api.create(Pods, pod('p', { spec: { volumes } }));
    await until(() => events.length > 0);
    assert.equal(
      events[0],
      'FailedBinding ephemeral volume scratch: PVC default/p-scratch was not created for pod default/p (pod is not owner)',
    );
    await api.delete(PersistentVolumeClaims, ref);
    clock.advance(1_000_000);
    await quiet();
    assert.equal((await api.get(PersistentVolumeClaims, ref)).metadata.ownerReferences?.[0]?.name, 'p');
  });
});
