import { PersistentVolumeClaims, PersistentVolumes } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { storageClaim, volume } from '../testing/storage-objects.ts';
import { persistentVolumeBinderController } from './reconcile.ts';

testCuts('persistentVolumeBinderController binds, releases and binds anew', {
  controllers: [persistentVolumeBinderController],
  play: async ({ api, quiet }) => {
    for (const name of ['v', 'w']) await api.create(PersistentVolumes, { metadata: { name }, spec: volume(name).spec });
    await quiet();
    const spec = storageClaim('c').spec;
    for (const name of ['c', 'd']) {
      await api.create(PersistentVolumeClaims, {
        metadata: { namespace: 'default', name },
        spec,
        status: { phase: 'Pending' },
      });
      await quiet();
    }
    await api.delete(PersistentVolumeClaims, { namespace: 'default', name: 'c' });
    await quiet();
    const released = api.all(PersistentVolumes).find(({ status }) => status.phase === 'Released');
    if (released === undefined) throw new Error('No volume was released');
    const { claimRef: _, ...free } = released.spec;
    await api.update(PersistentVolumes, { ...released, spec: free });
    await quiet();
    await api.create(PersistentVolumeClaims, {
      metadata: { namespace: 'default', name: 'e' },
      spec,
      status: { phase: 'Pending' },
    });
    await quiet();
  },
});
