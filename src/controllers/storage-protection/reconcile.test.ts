import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PersistentVolumeClaims, PersistentVolumes, Pods, VolumeAttributesClasses } from '../../api/resources.ts';
import { pod } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { attributesProtectionController, claimProtectionController, volumeProtectionController } from './reconcile.ts';

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

test('attributesProtectionController keeps a deleted class until no claim has it', async () => {
  await runCluster([attributesProtectionController], async ({ api, quiet }) => {
    await api.create(VolumeAttributesClasses, { metadata: { name: 'gold' }, driverName: 'example.com' });
    const ref = { namespace: 'default', name: 'data' };
    await api.create(PersistentVolumeClaims, { metadata: ref, spec: { volumeAttributesClassName: 'gold' } });
    await quiet();
    await api.delete(VolumeAttributesClasses, { name: 'gold' });
    await quiet();
    assert.deepEqual(api.all(VolumeAttributesClasses)[0]?.metadata.finalizers, ['kubernetes.io/vac-protection']);
    await api.delete(PersistentVolumeClaims, ref);
    await quiet();
    assert.equal(api.all(VolumeAttributesClasses).length, 0);
  });
});
