import { ConfigMaps, Secrets, ServiceAccounts } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { metadata, serviceAccount } from '../testing/objects.ts';
import { tracking } from './plan.ts';
import { legacyTokenCleaner } from './reconcile.ts';

const yearMs = 365 * 24 * 3_600_000;
const dayMs = 24 * 3_600_000;

testCuts('legacyTokenCleaner marks a token, and removes it a year later', {
  controllers: [legacyTokenCleaner],
  play: async ({ api, clock, quiet }) => {
    const data = { since: '2022-01-01' };
    await api.create(ConfigMaps, { metadata: metadata(tracking.name, { namespace: 'kube-system' }), data });
    const secrets = [{ name: 'old' }, { name: 'older' }];
    const { metadata: account } = await api.create(ServiceAccounts, { ...serviceAccount('robot'), secrets });
    const annotations = {
      'kubernetes.io/service-account.name': 'robot',
      'kubernetes.io/service-account.uid': account.uid,
    };
    for (const { name } of secrets) {
      const type = 'kubernetes.io/service-account-token';
      await api.create(Secrets, { metadata: { namespace: 'default', name, annotations }, type });
    }
    for (let year = 0; year < 2; year++) {
      await quiet();
      clock.advance(yearMs + dayMs);
      await quiet();
      clock.advance(2 * dayMs);
      await quiet();
    }
  },
});
