import { ConfigMaps, Namespaces, Pods } from '../../api/resources.ts';
import { rootCaController } from '../root-ca/reconcile.ts';
import { serviceAccountController } from '../serviceaccount/reconcile.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { pod } from '../testing/objects.ts';
import { namespaceController } from './reconcile.ts';

testCuts('a namespace is furnished and goes with all its content', {
  controllers: [namespaceController, serviceAccountController, rootCaController('PEM')],
  play: async ({ api, clock, quiet }) => {
    const spec = { finalizers: ['kubernetes'] };
    for (const name of ['a', 'b']) {
      await api.create(Namespaces, { metadata: { name }, spec, status: { phase: 'Active' } });
    }
    await quiet();
    await api.create(ConfigMaps, { metadata: { name: 'held', namespace: 'a', finalizers: ['example.com/hold'] } });
    await api.create(Pods, pod('p', { meta: { namespace: 'a' } }));
    await api.delete(Namespaces, { name: 'a' });
    await quiet();
    const object = await api.get(ConfigMaps, { namespace: 'a', name: 'held' });
    await api.update(ConfigMaps, { ...object, metadata: { ...object.metadata, finalizers: [] } });
    clock.advance(20_000);
    await quiet();
  },
});
