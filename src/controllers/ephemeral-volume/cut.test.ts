import { PersistentVolumeClaims, Pods } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { pod } from '../testing/objects.ts';
import { ephemeralVolumeController } from './reconcile.ts';

const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const volumeClaimTemplate = { metadata: {} as never, spec };
const volumes = ['scratch', 'cache'].map((name) => ({ name, ephemeral: { volumeClaimTemplate } }));

testCuts('ephemeralVolumeController makes the claims of pods', {
  controllers: [ephemeralVolumeController],
  play: async ({ api, quiet }) => {
    for (const name of ['p', 'q']) await api.create(Pods, pod(name, { spec: { volumes } }));
    await quiet();
    await api.delete(PersistentVolumeClaims, { namespace: 'default', name: 'p-cache' });
    await quiet();
  },
});
