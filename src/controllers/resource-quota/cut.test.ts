import { Pods, ResourceQuotas } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { pod } from '../testing/objects.ts';
import { resourceQuotaController } from './reconcile.ts';

testCuts('resourceQuotaController keeps what is used true', {
  controllers: [resourceQuotaController],
  play: async ({ api, clock, quiet }) => {
    const settle = async () => {
      clock.advance(1000);
      await quiet();
    };
    await api.create(Pods, pod('early'));
    const spec = { hard: { pods: '5', 'count/pods': '9' } };
    await api.create(ResourceQuotas, { metadata: { namespace: 'default', name: 'q' }, spec });
    await settle();
    await api.create(Pods, pod('second'));
    await settle();
    await api.delete(Pods, { namespace: 'default', name: 'early' });
    await settle();
  },
});
