import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PersistentVolumeClaims, PersistentVolumes } from '../../api/resources.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { claimRef, storageClaim, volume } from '../testing/storage-objects.ts';
import { volumeExpansionController } from './reconcile.ts';

test('volumeExpansionController tells once for each growth what is waited for', async () => {
  await runCluster([volumeExpansionController], async ({ api, events, quiet }) => {
    const status = { phase: 'Bound', capacity: { storage: '1Gi' } };
    const claim = storageClaim('c', { volumeName: 'v' }, {}, status);
    const made = await api.create(PersistentVolumeClaims, claim);
    const spec = volume('v', { claimRef: claimRef('c', made.metadata.uid) }).spec;
    await api.create(PersistentVolumes, { metadata: { name: 'v' }, spec });
    await quiet();
    assert.deepEqual(events, []);
    const requests = { storage: '2Gi' };
    const grown = await api.update(PersistentVolumeClaims, {
      ...made,
      spec: { ...made.spec, resources: { requests } },
    });
    await quiet();
    const metadata = { ...grown.metadata, annotations: { a: 'b' } };
    await api.update(PersistentVolumeClaims, { ...grown, metadata });
    await quiet();
    assert.deepEqual(events, ['ExternalExpanding waiting for an external controller to expand this PVC']);
  });
});
