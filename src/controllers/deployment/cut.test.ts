import type { Deployment } from '../../api/groups/apps.v1.ts';
import { Deployments } from '../../api/resources.ts';
import { replicaSetController } from '../replicaset/reconcile.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import type { MemoryApi } from '../testing/memory-api.ts';
import { deployment, template } from '../testing/objects.ts';
import { readyPods } from '../testing/ready-pods.ts';
import { deploymentController } from './reconcile.ts';

const ref = { namespace: 'default', name: 'web' };

async function change(api: MemoryApi, spec: Partial<Deployment['spec']>): Promise<void> {
  const current = await api.get(Deployments, ref);
  await api.update(Deployments, { ...current, spec: { ...current.spec, ...spec } });
}

testCuts('deploymentController rolls out, updates, scales, pauses and goes back', {
  controllers: [deploymentController],
  beside: [replicaSetController, readyPods],
  play: async ({ api, quiet }) => {
    await api.create(Deployments, { metadata: ref, spec: { ...deployment().spec, replicas: 2 } });
    await quiet();
    await change(api, { template: template('v2') });
    await quiet();
    await change(api, { paused: true, replicas: 3 });
    await quiet();
    await change(api, { paused: false, template: template('v1') });
    await quiet();
  },
});

testCuts('deploymentController recreates', {
  controllers: [deploymentController],
  beside: [replicaSetController, readyPods],
  play: async ({ api, quiet }) => {
    const spec = { ...deployment().spec, replicas: 2, strategy: { type: 'Recreate' }, revisionHistoryLimit: 0 };
    await api.create(Deployments, { metadata: ref, spec });
    await quiet();
    await change(api, { template: template('v2') });
    await quiet();
  },
});
