import type { StatefulSet } from '../../api/groups/apps.v1.ts';
import { StatefulSets } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import type { TestCluster } from '../testing/run-cluster.ts';
import { metadata, statefulSet, template } from '../testing/objects.ts';
import { readyPods } from '../testing/ready-pods.ts';
import { statefulSetController } from './reconcile.ts';

const ref = { namespace: 'default', name: 'db' };

const story =
  (spec: Partial<StatefulSet['spec']>) =>
  async ({ api, quiet }: TestCluster): Promise<void> => {
    const change = async (changed: Partial<StatefulSet['spec']>): Promise<void> => {
      const current = await api.get(StatefulSets, ref);
      await api.update(StatefulSets, { ...current, spec: { ...current.spec, ...changed } });
      await quiet();
    };
    const claim = { metadata: metadata('data'), spec: { accessModes: ['ReadWriteOnce'], resources: {} }, status: {} };
    await api.create(StatefulSets, {
      metadata: ref,
      spec: statefulSet({ volumeClaimTemplates: [claim], revisionHistoryLimit: 1, ...spec }).spec,
    });
    await quiet();
    await change({ template: template('v2') });
    await change({ template: template('v3'), replicas: 1 });
  };

testCuts('statefulSetController makes, updates and scales in order', {
  controllers: [statefulSetController],
  beside: [readyPods],
  play: story({}),
});

testCuts('statefulSetController makes, updates and scales in parallel', {
  controllers: [statefulSetController],
  beside: [readyPods],
  play: story({ podManagementPolicy: 'Parallel' }),
});
