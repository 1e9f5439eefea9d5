import { ConfigMaps, Namespaces } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { namespace } from '../testing/objects.ts';
import { configMapName } from './plan.ts';
import { rootCaController } from './reconcile.ts';

testCuts('rootCaController keeps the certificate in each namespace', {
  controllers: [rootCaController('PEM')],
  play: async ({ api, quiet }) => {
    for (const name of ['a', 'b']) await api.create(Namespaces, namespace(name));
    await quiet();
    const map = await api.get(ConfigMaps, { namespace: 'a', name: configMapName });
    await api.update(ConfigMaps, { ...map, data: { 'ca.crt': 'other' } });
    await api.delete(ConfigMaps, { namespace: 'b', name: configMapName });
    await quiet();
  },
});
