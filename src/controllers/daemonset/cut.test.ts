import type { DaemonSet } from '../../api/groups/apps.v1.ts';
import { DaemonSets, Nodes } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import type { TestCluster } from '../testing/run-cluster.ts';
import { daemonSet, node, template } from '../testing/objects.ts';
import { readyPods } from '../testing/ready-pods.ts';
import { daemonSetController } from './reconcile.ts';

const ref = { namespace: 'default', name: 'agent' };

const story =
  (spec: Partial<DaemonSet['spec']>) =>
  async ({ api, quiet }: TestCluster): Promise<void> => {
    for (const name of ['a', 'b', 'c']) await api.create(Nodes, node(name));
    await api.create(DaemonSets, { metadata: ref, spec: daemonSet(spec).spec });
    await quiet();
    const current = await api.get(DaemonSets, ref);
    await api.update(DaemonSets, { ...current, spec: { ...current.spec, template: template('v2') } });
    await quiet();
    const away = await api.get(Nodes, { name: 'b' });
    const taints = [{ key: 'away', effect: 'NoExecute' }];
    await api.update(Nodes, { ...away, spec: { taints } });
    await quiet();
  };

testCuts('daemonSetController follows nodes and updates pods', {
  controllers: [daemonSetController],
  beside: [readyPods],
  play: story({ revisionHistoryLimit: 0 }),
});

testCuts('daemonSetController updates with a surge', {
  controllers: [daemonSetController],
  beside: [readyPods],
  play: story({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }),
});
