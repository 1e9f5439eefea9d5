import { Pods, Services } from '../../api/resources.ts';
import { endpointsController } from '../endpoints/reconcile.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { pod, service, startTime } from '../testing/objects.ts';
import { endpointSliceController } from './reconcile.ts';

testCuts('endpoints and slices follow the pods of a Service', {
  controllers: [endpointsController, endpointSliceController],
  play: async ({ api, quiet }) => {
    const ref = { namespace: 'default', name: 'web' };
    await api.create(Services, service('web'));
    await quiet();
    for (let i = 1; i <= 4; i++) {
      await api.create(Pods, pod(`p${i}`, { readySince: startTime, status: { podIP: `10.0.0.${i}` } }));
    }
    await quiet();
    const current = await api.get(Pods, { namespace: 'default', name: 'p1' });
    await api.updateStatus(Pods, { ...current, status: { ...current.status, conditions: [] } });
    await quiet();
    await api.create(Services, service('other'));
    await quiet();
    await api.delete(Services, ref);
    await quiet();
  },
});
