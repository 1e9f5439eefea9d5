import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMaps, Secrets } from '../../api/resources.ts';
import { formatTime } from '../../api/time.ts';
import { bootstrapToken, metadata } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { bootstrapSignerController, tokenCleanerController } from './reconcile.ts';

const info = metadata('cluster-info', { namespace: 'kube-public' });

test('bootstrapSignerController takes a signature away when its token has expired', async () => {
  await runCluster([bootstrapSignerController], async ({ api, clock, quiet }) => {
    const keys = () => Object.keys(api.all(ConfigMaps)[0]?.data ?? {});
    await api.create(Secrets, bootstrapToken({ expiration: formatTime(clock.now() + 60_000) }));
    await api.create(ConfigMaps, { metadata: info, data: { kubeconfig: 'cluster' } });
    await quiet();
    assert.deepEqual(keys(), ['kubeconfig', 'jws-kubeconfig-abcdef']);
    clock.advance(61_000);
    await quiet();
    assert.deepEqual(keys(), ['kubeconfig']);
    assert.equal(api.all(Secrets).length, 1);
  });
});

test('tokenCleanerController removes tokens when they expire, and leaves those that do not', async () => {
  await runCluster([tokenCleanerController], async ({ api, clock, quiet }) => {
    const names = () => api.all(Secrets).map(({ metadata: { name } }) => name);
    const expiration = formatTime(clock.now() + 60_000);
    const later = { ...bootstrapToken(), metadata: metadata('bootstrap-token-000000', { namespace: 'kube-system' }) };
    await api.create(Secrets, bootstrapToken({ expiration }));
    await api.create(Secrets, later);
    await api.create(Secrets, { ...bootstrapToken({ expiration }), type: 'Opaque', metadata: metadata('other') });
    await quiet();
    assert.equal(names().length, 3);
    clock.advance(61_000);
    await quiet();
    assert.deepEqual(names(), ['bootstrap-token-000000', 'other']);
  });
});
