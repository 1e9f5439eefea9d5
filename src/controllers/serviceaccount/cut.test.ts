import { Namespaces, ServiceAccounts } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { namespace } from '../testing/objects.ts';
import { serviceAccountController } from './reconcile.ts';

testCuts('serviceAccountController keeps the default account of each namespace', {
  controllers: [serviceAccountController],
  play: async ({ api, quiet }) => {
    for (const name of ['a', 'b']) await api.create(Namespaces, namespace(name));
    await quiet();
    await api.delete(ServiceAccounts, { namespace: 'a', name: 'default' });
    await quiet();
  },
});
