import { Nodes, PersistentVolumeClaims, PersistentVolumes, Pods, VolumeAttachments } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { node, pod } from '../testing/objects.ts';
import { claimRef, storageClaim, volume } from '../testing/storage-objects.ts';
import { attachDetachController } from './reconcile.ts';

const annotations = { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' };
const spec = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] };

testCuts('attachDetachController takes a volume from node to node', {
  controllers: [attachDetachController],
  play: async ({ api, quiet }) => {
    const { metadata } = await api.create(PersistentVolumeClaims, storageClaim('c', { volumeName: 'v' }));
    const { hostPath: _, ...disk } = volume('v', { claimRef: claimRef('c', metadata.uid) }).spec;
    const csi = { driver: 'd.example.com', volumeHandle: 'h' };
    await api.create(PersistentVolumes, { metadata: { name: 'v' }, spec: { ...disk, csi } });
    for (const name of ['a', 'b']) {
      await api.create(Nodes, node(name, {}, {}, { annotations }));
      await api.create(Pods, pod(`on-${name}`, { node: name, spec }));
      await quiet();
      for (const attachment of api.all(VolumeAttachments)) {
        await api.updateStatus(VolumeAttachments, { ...attachment, status: { attached: true } });
      }
      await quiet();
      await api.delete(Pods, { namespace: 'default', name: `on-${name}` }, { gracePeriodSeconds: 0 });
      await quiet();
    }
  },
});
