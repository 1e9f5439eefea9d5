import { ReplicaSets, Pods } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { template } from '../testing/objects.ts';
import { readyPods } from '../testing/ready-pods.ts';
import { replicaSetController } from './reconcile.ts';

const ref = { name: 'web', namespace: 'default' };

testCuts('replicaSetController adopts, scales up and down', {
  controllers: [replicaSetController],
  beside: [readyPods],
  play: async ({ api, quiet }) => {
    await api.create(Pods, {
      ...template('v1'),
      metadata: { namespace: 'default', generateName: 'web-', labels: { app: 'web' } },
    });
    await api.create(ReplicaSets, {
      metadata: ref,
      spec: { replicas: 5, selector: { matchLabels: { app: 'web' } }, template: template('v1') },
      status: { replicas: 0 },
    });
    await quiet();
    const current = await api.get(ReplicaSets, ref);
    await api.update(ReplicaSets, { ...current, spec: { ...current.spec, replicas: 2 } });
    await quiet();
  },
});
