import { PersistentVolumeClaims, PersistentVolumes } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { claimRef, storageClaim, volume } from '../testing/storage-objects.ts';
import { volumeExpansionController } from './reconcile.ts';

testCuts('volumeExpansionController names who makes a volume larger', {
  controllers: [volumeExpansionController],
  play: async ({ api, quiet }) => {
    const status = { phase: 'Bound', capacity: { storage: '1Gi' } };
    const made = await api.create(PersistentVolumeClaims, storageClaim('c', { volumeName: 'v' }, {}, status));
    const { hostPath: _, ...spec } = volume('v', { claimRef: claimRef('c', made.metadata.uid) }).spec;
    const awsElasticBlockStore = { volumeID: 'vol-1' };
    await api.create(PersistentVolumes, { metadata: { name: 'v' }, spec: { ...spec, awsElasticBlockStore } });
    await quiet();
    const resources = { requests: { storage: '2Gi' } };
    await api.update(PersistentVolumeClaims, { ...made, spec: { ...made.spec, resources } });
    await quiet();
  },
});
