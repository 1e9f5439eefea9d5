import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PersistentVolumeClaims, PersistentVolumes, Pods } from '../../api/resources.ts';
import { pod } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { claimProtectionController, volumeProtectionController } from './reconcile.ts';

test('claimProtectionController keeps a deleted claim until no pod uses it', async () => {
  await runCluster([claimProtectionController], async ({ api, quiet }) => {
    const ref = { namespace: 'default', name: 'data' };
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
    await api.create(PersistentVolumeClaims, { metadata: ref, spec: {} });
    await api.create(Pods, pod('user', { node: 'n', spec: { volumes } }));
    await quiet();
    const { finalizers } = (await api.get(PersistentVolumeClaims, ref)).metadata;
    assert.deepEqual(finalizers, ['kubernetes.io/pvc-protection']);
    await api.delete(PersistentVolumeClaims, ref);
    await quiet();
    assert.equal(api.all(PersistentVolumeClaims).length, 1);
    await api.delete(Pods, { namespace: 'default', name: 'user' }, { gracePeriodSeconds: 0 });
    await quiet();
    assert.equal(api.all(PersistentVolumeClaims).length, 0);
  });
});

test('volumeProtectionController keeps a deleted volume while it is bound', async () => {
  await runCluster([volumeProtectionController], async ({ api, quiet }) => {
    await api.create(PersistentVolumes, { metadata: { name: 'disk' }, spec: {} });
    await quiet();
    const volume = await api.get(PersistentVolumes, { name: 'disk' });
    await api.updateStatus(PersistentVolumes, { ...volume, status: { phase: 'Bound' } });
    await api.delete(PersistentVolumes, { name: 'disk' });
    await quiet();
    const bound = await api.get(PersistentVolumes, { name: 'disk' });
    await api.updateStatus(PersistentVolumes, { ...bound, status: { phase: 'Released' } });
    await quiet();
    assert.equal(api.all(PersistentVolumes).length, 0);
  });
});
