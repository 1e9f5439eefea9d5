import { ReplicationControllers } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { template } from '../testing/objects.ts';
import { readyPods } from '../testing/ready-pods.ts';
import { replicationController } from './reconcile.ts';

const ref = { name: 'old', namespace: 'default' };

testCuts('replicationController scales up and down', {
  controllers: [replicationController],
  beside: [readyPods],
  play: async ({ api, quiet }) => {
    await api.create(ReplicationControllers, {
      metadata: ref,
      spec: { replicas: 3, selector: { app: 'web' }, template: template('v1') },
      status: { replicas: 0 },
    });
    await quiet();
    const current = await api.get(ReplicationControllers, ref);
    await api.update(ReplicationControllers, { ...current, spec: { ...current.spec, replicas: 1 } });
    await quiet();
  },
});
