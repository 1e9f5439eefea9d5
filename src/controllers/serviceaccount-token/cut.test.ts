import { Secrets, ServiceAccounts } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { serviceAccount } from '../testing/objects.ts';
import { serviceAccountTokenController } from './reconcile.ts';

const annotations = { 'kubernetes.io/service-account.name': 'robot' };

testCuts('serviceAccountTokenController fills Secrets, and removes them with their account', {
  controllers: [serviceAccountTokenController('PEM')],
  play: async ({ api, quiet }) => {
    api.serve = ({ path }) => (path.endsWith('/serviceaccounts/robot/token') ? { status: { token: 't' } } : undefined);
    await api.create(ServiceAccounts, serviceAccount('robot'));
    for (const name of ['a', 'b']) {
      const metadata = { namespace: 'default', name, annotations };
      await api.create(Secrets, { metadata, type: 'kubernetes.io/service-account-token' });
    }
    await quiet();
    const emptied = await api.get(Secrets, { namespace: 'default', name: 'a' });
    await api.update(Secrets, { ...emptied, data: {} });
    await quiet();
    await api.delete(ServiceAccounts, { namespace: 'default', name: 'robot' });
    await quiet();
  },
});
