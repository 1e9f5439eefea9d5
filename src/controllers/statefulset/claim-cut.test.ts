import { StatefulSets } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { metadata, statefulSet } from '../testing/objects.ts';
import { readyPods } from '../testing/ready-pods.ts';
import { statefulSetController } from './reconcile.ts';

const ref = { namespace: 'default', name: 'db' };

testCuts('statefulSetController owns claims as the retention policy says', {
  controllers: [statefulSetController],
  beside: [readyPods],
  play: async ({ api, quiet }) => {
    const claim = { metadata: metadata('data'), spec: { accessModes: ['ReadWriteOnce'], resources: {} }, status: {} };
    const persistentVolumeClaimRetentionPolicy = { whenScaled: 'Delete', whenDeleted: 'Delete' };
    const { spec } = statefulSet({ volumeClaimTemplates: [claim], replicas: 2, persistentVolumeClaimRetentionPolicy });
    await api.create(StatefulSets, { metadata: ref, spec });
    await quiet();
    const current = await api.get(StatefulSets, ref);
    await api.update(StatefulSets, { ...current, spec: { ...current.spec, replicas: 1 } });
    await quiet();
  },
});
