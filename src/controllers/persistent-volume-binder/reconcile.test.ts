import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/groups/core.v1.ts';
import { Events, PersistentVolumeClaims, PersistentVolumes, Pods, StorageClasses } from '../../api/resources.ts';
import type { MemoryApi } from '../testing/memory-api.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { storageClaim, claimRef, storageClass, volume } from '../testing/storage-objects.ts';
import { persistentVolumeBinderController } from './reconcile.ts';

const controllers = [persistentVolumeBinderController];
const ref = (name: string) => ({ namespace: 'default', name });
const eventOf = ({ metadata: { name, namespace, uid } }: Pod, reason: string, message: string) => ({
  metadata: { name: `${name}.${reason.toLowerCase()}`, namespace },
  involvedObject: { kind: 'Pod', name, namespace, uid },
  type: 'Normal',
  reason,
  message,
});

async function makeVolume(api: MemoryApi, name: string, spec: Partial<PersistentVolume['spec']> = {}): Promise<void> {
  await api.create(PersistentVolumes, { metadata: { name }, spec: volume(name, spec).spec });
}

async function makeClaim(
  api: MemoryApi,
  name: string,
  spec: Partial<PersistentVolumeClaim['spec']> = {},
): Promise<PersistentVolumeClaim> {
  const status = { phase: 'Pending' };
  return api.create(PersistentVolumeClaims, { metadata: ref(name), spec: storageClaim(name, spec).spec, status });
}

test('persistentVolumeBinderController binds both halves, and releases the volume when the claim goes', async () => {
  await runCluster(controllers, async ({ api, quiet }) => {
    await makeVolume(api, 'v', { volumeAttributesClassName: 'gold' });
    await quiet();
    assert.equal((await api.get(PersistentVolumes, { name: 'v' })).status.phase, 'Available');
    const { uid } = (await makeClaim(api, 'c', { volumeAttributesClassName: 'gold' })).metadata;
    await quiet();
    const bound = await api.get(PersistentVolumeClaims, ref('c'));
    assert.equal(bound.spec.volumeName, 'v');
    assert.deepEqual(bound.metadata.annotations, {
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
    });
    assert.deepEqual(bound.status, {
      phase: 'Bound',
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      currentVolumeAttributesClassName: 'gold',
    });
    const held = await api.get(PersistentVolumes, { name: 'v' });
    assert.equal(held.status.phase, 'Bound');
    assert.equal(held.spec.claimRef?.uid, uid);
    await api.delete(PersistentVolumeClaims, ref('c'));
    await quiet();
    const released = await api.get(PersistentVolumes, { name: 'v' });
    assert.equal(released.status.phase, 'Released');
    assert.equal(released.spec.claimRef?.uid, uid);
  });
});

test('persistentVolumeBinderController gives one volume to one of two claims', async () => {
  await runCluster(controllers, async ({ api, quiet }) => {
    await Promise.all([makeClaim(api, 'a'), makeClaim(api, 'b')]);
    await makeVolume(api, 'v');
    await quiet();
    const phases = api.all(PersistentVolumeClaims).map(({ status }) => status.phase);
    assert.deepEqual(phases.toSorted(), ['Bound', 'Pending']);
    await makeVolume(api, 'w');
    await quiet();
    assert.ok(api.all(PersistentVolumeClaims).every(({ status }) => status.phase === 'Bound'));
    const names = api.all(PersistentVolumeClaims).map(({ spec }) => spec.volumeName);
    assert.deepEqual(names.toSorted(), ['v', 'w']);
  });
});

test('persistentVolumeBinderController finishes what a provisioner or the scheduler began', async () => {
  await runCluster(controllers, async ({ api, events, quiet }) => {
    await api.create(StorageClasses, {
      metadata: { name: 'late' },
      provisioner: 'example.com/maker',
      volumeBindingMode: 'WaitForFirstConsumer',
    });
    const { uid } = (await makeClaim(api, 'c', { storageClassName: 'late' })).metadata;
    await quiet();
    assert.deepEqual(
      new Set(events),
      new Set(['WaitForFirstConsumer waiting for first consumer to be created before binding']),
    );
    await makeVolume(api, 'v', { storageClassName: 'late', claimRef: claimRef('c', uid) });
    await quiet();
    const bound = await api.get(PersistentVolumeClaims, ref('c'));
    assert.equal(bound.status.phase, 'Bound');
    assert.equal((await api.get(PersistentVolumes, { name: 'v' })).status.phase, 'Bound');
  });
});

test('persistentVolumeBinderController names the provisioner, again every 15 seconds', async () => {
  await runCluster(controllers, async ({ api, clock, events, quiet }) => {
    await api.create(StorageClasses, storageClass('fast'));
    await makeClaim(api, 'c', { storageClassName: 'fast' });
    await quiet();
    const { annotations } = (await api.get(PersistentVolumeClaims, ref('c'))).metadata;
    assert.equal(annotations?.['volume.kubernetes.io/storage-provisioner'], 'example.com/maker');
    const before = events.length;
    clock.advance(15_000);
    await quiet();
    assert.equal(events.length, before + 1);
    assert.match(events.at(-1) ?? '', /^ExternalProvisioning Waiting for a volume to be created/);
  });
});

test('persistentVolumeBinderController gives a default class that comes later to claims that wait', async () => {
  await runCluster(controllers, async ({ api, quiet }) => {
    const { storageClassName: _, ...spec } = storageClaim('c').spec;
    await api.create(PersistentVolumeClaims, { metadata: ref('c'), spec, status: { phase: 'Pending' } });
    await quiet();
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
    await api.create(StorageClasses, { metadata: { name: 'fast', annotations }, provisioner: 'example.com/maker' });
    await quiet();
    assert.equal((await api.get(PersistentVolumeClaims, ref('c'))).spec.storageClassName, 'fast');
  });
});

test('persistentVolumeBinderController calls a claim lost whose volume is gone', async () => {
  await runCluster(controllers, async ({ api, events, quiet }) => {
    await makeVolume(api, 'v');
    await makeClaim(api, 'c');
    await quiet();
    await api.delete(PersistentVolumes, { name: 'v' });
    await quiet();
    const lost = await api.get(PersistentVolumeClaims, ref('c'));
    assert.deepEqual(lost.status, { phase: 'Lost' });
    assert.deepEqual(events.filter((text) => text.startsWith('ClaimLost')).length, 1);
  });
});

test('persistentVolumeBinderController says once that a volume cannot be deleted', async () => {
  await runCluster(controllers, async ({ api, events, clock, quiet }) => {
    await makeVolume(api, 'v', { persistentVolumeReclaimPolicy: 'Delete' });
    await makeClaim(api, 'c');
    await quiet();
    await api.delete(PersistentVolumeClaims, ref('c'));
    await quiet();
    clock.advance(60_000);
    await quiet();
    const { status } = await api.get(PersistentVolumes, { name: 'v' });
    assert.equal(status.phase, 'Failed');
    assert.equal(status.message, 'host_path deleter only supports /tmp/.+ but received provided /data');
    assert.equal(events.filter((text) => text.startsWith('VolumeFailedDelete')).length, 1);
  });
});

test('persistentVolumeBinderController takes back a volume whose claim was served by another', async () => {
  await runCluster(controllers, async ({ api, quiet }) => {
    await makeVolume(api, 'v');
    const { uid } = (await makeClaim(api, 'c')).metadata;
    await quiet();
    const annotations = { 'pv.kubernetes.io/bound-by-controller': 'yes' };
    await api.create(PersistentVolumes, {
      metadata: { name: 'w', annotations },
      spec: volume('w', { claimRef: claimRef('c', uid) }).spec,
    });
    await quiet();
    const free = await api.get(PersistentVolumes, { name: 'w' });
    assert.equal(free.status.phase, 'Available');
    assert.equal(free.spec.claimRef, undefined);
    assert.equal(free.metadata.annotations, undefined);
  });
});

test('persistentVolumeBinderController wipes a volume by a pod of its own before it is offered again', async () => {
  await runCluster(controllers, async ({ api, events, quiet }) => {
    const recycler = { namespace: 'default', name: 'recycler-for-v' };
    await makeVolume(api, 'v', { persistentVolumeReclaimPolicy: 'Recycle' });
    await makeClaim(api, 'c');
    await quiet();
    const foreign = await api.create(Pods, { metadata: recycler, spec: { containers: [] } });
    await api.updateStatus(Pods, { ...foreign, status: { phase: 'Succeeded' } });
    await api.delete(PersistentVolumeClaims, ref('c'));
    await quiet();
    assert.equal((await api.get(PersistentVolumes, { name: 'v' })).status.phase, 'Released');
    const pod = await api.get(Pods, recycler);
    assert.notEqual(pod.metadata.uid, foreign.metadata.uid);
    assert.deepEqual(pod.spec.volumes, [{ name: 'vol', hostPath: { path: '/data' } }]);
    assert.equal(pod.spec.activeDeadlineSeconds, 60);
    await api.create(Events, eventOf(foreign, 'Killing', 'not of this pod'));
    await api.create(Events, eventOf(pod, 'Pulled', 'Image is here'));
    await quiet();
    assert.ok(events.includes('RecyclerPod Recycler pod: Image is here'));
    assert.equal(events.filter((event) => event.startsWith('RecyclerPod')).length, 1);
    await api.updateStatus(Pods, { ...pod, status: { phase: 'Succeeded' } });
    await quiet();
    const free = await api.get(PersistentVolumes, { name: 'v' });
    assert.equal(free.status.phase, 'Available');
    assert.equal(free.spec.claimRef, undefined);
    assert.equal(api.all(Pods).length, 0);
    assert.ok(events.includes('VolumeRecycled Volume recycled'));
  });
});

test('persistentVolumeBinderController says that wiping failed, and tries again', async () => {
  await runCluster(controllers, async ({ api, events, clock, quiet }) => {
    await makeVolume(api, 'v', { persistentVolumeReclaimPolicy: 'Recycle' });
    await makeClaim(api, 'c');
    await quiet();
    await api.delete(PersistentVolumeClaims, ref('c'));
    await quiet();
    const [first] = api.all(Pods);
    assert.ok(first);
    await api.updateStatus(Pods, { ...first, status: { phase: 'Failed' } });
    await quiet();
    const { status } = await api.get(PersistentVolumes, { name: 'v' });
    assert.equal(status.phase, 'Failed');
    const message = 'Recycle failed: failed to recycle volume: pod failed, pod.Status.Message unknown';
    assert.equal(status.message, message);
    assert.equal(api.all(Pods).length, 0);
    assert.ok(events.includes(`VolumeFailedRecycle ${message}`));
    clock.advance(15_000);
    await quiet();
    assert.notEqual(api.all(Pods)[0]?.metadata.uid, first.metadata.uid);
  });
});
