import { PersistentVolumeClaims, PersistentVolumes, Pods, VolumeAttributesClasses } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { pod } from '../testing/objects.ts';
import { attributesProtectionController, claimProtectionController, volumeProtectionController } from './reconcile.ts';

const ref = { namespace: 'default', name: 'data' };

testCuts('claims, volumes and classes are kept while they are in use', {
  controllers: [claimProtectionController, volumeProtectionController, attributesProtectionController],
  play: async ({ api, quiet }) => {
    await api.create(VolumeAttributesClasses, { metadata: { name: 'gold' }, driverName: 'example.com' });
    await api.create(PersistentVolumeClaims, { metadata: ref, spec: { volumeAttributesClassName: 'gold' } });
    await api.create(PersistentVolumes, { metadata: { name: 'disk' }, spec: {} });
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
    await api.create(Pods, pod('user', { node: 'n', spec: { volumes } }));
    await quiet();
    const volume = await api.get(PersistentVolumes, { name: 'disk' });
    await api.updateStatus(PersistentVolumes, { ...volume, status: { phase: 'Bound' } });
    await api.delete(PersistentVolumes, { name: 'disk' });
    await api.delete(PersistentVolumeClaims, ref);
    await api.delete(VolumeAttributesClasses, { name: 'gold' });
    await quiet();
    await api.delete(Pods, { namespace: 'default', name: 'user' }, { gracePeriodSeconds: 0 });
    const bound = await api.get(PersistentVolumes, { name: 'disk' });
    await api.updateStatus(PersistentVolumes, { ...bound, status: { phase: 'Released' } });
    await quiet();
  },
});
