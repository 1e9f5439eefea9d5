import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMaps, Namespaces, ServiceAccounts } from '../../api/resources.ts';
import { rootCaController } from '../root-ca/reconcile.ts';
import { serviceAccountController } from '../serviceaccount/reconcile.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { namespaceController } from './reconcile.ts';

const controllers = [namespaceController, serviceAccountController, rootCaController('PEM')];

test('a namespace gets its account and certificate, and goes with all its content', async () => {
  await runCluster(controllers, async ({ api, clock, quiet, until }) => {
    const spec = { finalizers: ['kubernetes'] };
    await api.create(Namespaces, { metadata: { name: 'a' }, spec, status: { phase: 'Active' } });
    await quiet();
    assert.ok(await api.find(ServiceAccounts, { namespace: 'a', name: 'default' }));
    const certificate = await api.get(ConfigMaps, { namespace: 'a', name: 'kube-root-ca.crt' });
    assert.deepEqual(certificate.data, { 'ca.crt': 'PEM' });
    await api.delete(ConfigMaps, certificate.metadata);
    await quiet();
    assert.ok(await api.find(ConfigMaps, certificate.metadata));

    const held = { name: 'held', namespace: 'a', finalizers: ['example.com/hold'] };
    await api.create(ConfigMaps, { metadata: held });
    await api.delete(Namespaces, { name: 'a' });
    await quiet();
    const waiting = await api.get(Namespaces, { name: 'a' });
    assert.equal(waiting.status.conditions?.find(({ type }) => type === 'NamespaceContentRemaining')?.status, 'True');
    assert.equal(api.all(ServiceAccounts).length, 0);

    const object = await api.get(ConfigMaps, held);
    await api.update(ConfigMaps, { ...object, metadata: { ...object.metadata, finalizers: [] } });
    clock.advance(20_000);
    await until(() => api.all(Namespaces).length === 0);
  });
});
