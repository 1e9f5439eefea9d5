import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VolumeAttachment } from '../../api/groups/storage.v1.ts';
import {
  CSIDrivers,
  Nodes,
  PersistentVolumeClaims,
  PersistentVolumes,
  Pods,
  VolumeAttachments,
} from '../../api/resources.ts';
import { node, pod } from '../testing/objects.ts';
import type { MemoryApi } from '../testing/memory-api.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { claimRef, storageClaim, volume } from '../testing/storage-objects.ts';
import { attachDetachController } from './reconcile.ts';

const controllers = [attachDetachController];
const annotations = { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' };
const uses = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] };

async function makeDisk(api: MemoryApi): Promise<void> {
  const { metadata } = await api.create(PersistentVolumeClaims, storageClaim('c', { volumeName: 'v' }));
  const { hostPath: _, ...spec } = volume('v', { claimRef: claimRef('c', metadata.uid) }).spec;
  const csi = { driver: 'd.example.com', volumeHandle: 'h' };
  await api.create(PersistentVolumes, { metadata: { name: 'v' }, spec: { ...spec, csi } });
  for (const name of ['a', 'b']) await api.create(Nodes, node(name, {}, {}, { annotations }));
}

/** As the attacher of a driver does it. */
async function answer(api: MemoryApi, status: NonNullable<VolumeAttachment['status']>): Promise<void> {
  const [attachment] = api.all(VolumeAttachments);
  assert.ok(attachment);
  await api.updateStatus(VolumeAttachments, { ...attachment, status });
}

test('attachDetachController follows a pod from node to node', async () => {
  await runCluster(controllers, async ({ api, events, quiet }) => {
    await makeDisk(api);
    await api.create(Pods, pod('p', { node: 'a', spec: uses }));
    await quiet();
    const [attachment] = api.all(VolumeAttachments);
    assert.deepEqual(attachment?.spec, {
      attacher: 'd.example.com',
      nodeName: 'a',
      source: { persistentVolumeName: 'v' },
    });
    await answer(api, { attached: false, attachError: { time: '2026-01-01T00:00:00Z', message: 'no' } });
    await quiet();
    await answer(api, { attached: true });
    await quiet();
    assert.deepEqual(events, [
      'FailedAttachVolume AttachVolume.Attach failed for volume "v" : no',
      'SuccessfulAttachVolume AttachVolume.Attach succeeded for volume "v" ',
    ]);
    const attached = [{ name: 'kubernetes.io/csi/d.example.com^h', devicePath: '' }];
    assert.deepEqual((await api.get(Nodes, { name: 'a' })).status.volumesAttached, attached);
    await api.create(Pods, pod('q', { node: 'b', spec: uses }));
    await quiet();
    const waiting = 'FailedAttachVolume Multi-Attach error for volume "v" Volume is already used by pod(s) p';
    assert.equal(events.at(-1), waiting);
    await api.delete(Pods, { namespace: 'default', name: 'p' }, { gracePeriodSeconds: 0 });
    await quiet();
    assert.deepEqual(
      api.all(VolumeAttachments).map(({ spec }) => spec.nodeName),
      ['b'],
    );
    assert.equal((await api.get(Nodes, { name: 'a' })).status.volumesAttached, undefined);
  });
});

test('attachDetachController leaves alone drivers that need no attaching, and attachments of others', async () => {
  await runCluster(controllers, async ({ api, quiet }) => {
    await api.create(CSIDrivers, { metadata: { name: 'd.example.com' }, spec: { attachRequired: false } });
    await makeDisk(api);
    const source = { persistentVolumeName: 'v' };
    await api.create(VolumeAttachments, {
      metadata: { name: 'mine' },
      spec: { attacher: 'd.example.com', nodeName: 'a', source },
    });
    await api.create(Pods, pod('p', { node: 'a', spec: uses }));
    await quiet();
    assert.deepEqual(
      api.all(VolumeAttachments).map(({ metadata }) => metadata.name),
      ['mine'],
    );
  });
});

test('attachDetachController detaches from a node that does not answer after six minutes, and from one that is gone', async () => {
  await runCluster(controllers, async ({ api, clock, quiet }) => {
    await makeDisk(api);
    await api.create(Pods, pod('p', { node: 'a', spec: uses }));
    await quiet();
    await answer(api, { attached: true });
    const a = await api.get(Nodes, { name: 'a' });
    await api.updateStatus(Nodes, {
      ...a,
      status: { ...a.status, volumesInUse: ['kubernetes.io/csi/d.example.com^h'] },
    });
    await api.delete(Pods, { namespace: 'default', name: 'p' }, { gracePeriodSeconds: 0 });
    await quiet();
    assert.equal(api.all(VolumeAttachments).length, 1);
    clock.advance(361_000);
    await quiet();
    assert.equal(api.all(VolumeAttachments).length, 0);
  });
});
