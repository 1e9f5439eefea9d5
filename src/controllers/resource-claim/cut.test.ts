import { Pods, ResourceClaims, ResourceClaimTemplates } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { pod } from '../testing/objects.ts';
import { resourceClaimController } from './reconcile.ts';

const spec = { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu' } }] } };
const allocation = { devices: { results: [{ request: 'gpu', driver: 'd', pool: 'p', device: 'x' }] } };
const resourceClaims = [{ name: 'gpu', resourceClaimTemplateName: 'gpus' }];

testCuts('resourceClaimController makes claims, reserves them and removes them with their pods', {
  controllers: [resourceClaimController],
  play: async ({ api, quiet }) => {
    await api.create(ResourceClaimTemplates, {
      metadata: { namespace: 'default', name: 'gpus' },
      spec: { metadata: {} as never, spec },
    });
    for (const name of ['a', 'b']) {
      await api.create(Pods, pod(name, { phase: 'Pending', spec: { resourceClaims } }));
      await quiet();
    }
    for (const claim of api.all(ResourceClaims)) {
      await api.updateStatus(ResourceClaims, { ...claim, status: { allocation } });
    }
    const waiting = await api.get(Pods, { namespace: 'default', name: 'a' });
    await api.update(Pods, { ...waiting, spec: { ...waiting.spec, nodeName: 'n' } });
    await quiet();
    const running = await api.get(Pods, { namespace: 'default', name: 'a' });
    await api.updateStatus(Pods, { ...running, status: { ...running.status, phase: 'Succeeded' } });
    await quiet();
    await api.delete(Pods, { namespace: 'default', name: 'b' }, { gracePeriodSeconds: 0 });
    await quiet();
  },
});
