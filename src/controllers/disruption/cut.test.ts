import { PodDisruptionBudgets, Pods } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { pod, startTime } from '../testing/objects.ts';
import { disruptionController } from './reconcile.ts';

testCuts('disruptionController counts what may be taken away', {
  controllers: [disruptionController],
  play: async ({ api, quiet }) => {
    const ref = { namespace: 'default', name: 'budget' };
    const spec = { minAvailable: 1, selector: { matchLabels: { app: 'web' } } };
    await api.create(PodDisruptionBudgets, { metadata: ref, spec });
    await quiet();
    for (const name of ['a', 'b', 'c']) await api.create(Pods, pod(name, { readySince: startTime }));
    await quiet();
    await api.delete(Pods, { namespace: 'default', name: 'a' });
    await quiet();
  },
});
