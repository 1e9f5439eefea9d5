import { ConfigMaps, Secrets } from '../../api/resources.ts';
import { formatTime } from '../../api/time.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { bootstrapToken, metadata } from '../testing/objects.ts';
import { bootstrapSignerController, tokenCleanerController } from './reconcile.ts';

testCuts('bootstrapSignerController signs, tokenCleanerController removes what has expired', {
  controllers: [bootstrapSignerController, tokenCleanerController],
  play: async ({ api, clock, quiet }) => {
    const data = { kubeconfig: 'cluster' };
    await api.create(ConfigMaps, { metadata: metadata('cluster-info', { namespace: 'kube-public' }), data });
    await api.create(Secrets, bootstrapToken({ expiration: formatTime(clock.now() + 60_000) }));
    await quiet();
    clock.advance(61_000);
    await quiet();
  },
});
