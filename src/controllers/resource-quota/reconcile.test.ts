import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pods, ResourceQuotas } from '../../api/resources.ts';
import { pod } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { resourceQuotaController } from './reconcile.ts';

test('resourceQuotaController keeps what is used true while objects come, finish and go', async () => {
  await runCluster([resourceQuotaController], async ({ api, clock, quiet }) => {
    const used = async () => (await api.get(ResourceQuotas, { namespace: 'default', name: 'q' })).status.used;
    const settle = async () => {
      await quiet();
      clock.advance(1000);
      await quiet();
    };
    await api.create(Pods, pod('early'));
    await api.create(ResourceQuotas, {
      metadata: { namespace: 'default', name: 'q' },
      spec: { hard: { pods: '5', 'count/pods': '9', services: '1' } },
    });
    await settle();
    assert.deepEqual(await used(), { pods: '1', 'count/pods': '1', services: '0' });
    const second = await api.create(Pods, pod('second'));
    await settle();
    assert.deepEqual(await used(), { pods: '2', 'count/pods': '2', services: '0' });
    await api.updateStatus(Pods, { ...second, status: { phase: 'Succeeded' } });
    await settle();
    assert.deepEqual(await used(), { pods: '1', 'count/pods': '2', services: '0' });
    await api.delete(Pods, { namespace: 'default', name: 'early' });
    await settle();
    assert.deepEqual(await used(), { pods: '0', 'count/pods': '1', services: '0' });
  });
});

test('resourceQuotaController counts anew when the limits change', async () => {
  await runCluster([resourceQuotaController], async ({ api, quiet }) => {
    const ref = { namespace: 'default', name: 'q' };
    await api.create(Pods, pod('a'));
    await api.create(ResourceQuotas, { metadata: ref, spec: { hard: { pods: '5' } } });
    await quiet();
    const before = await api.get(ResourceQuotas, ref);
    await api.update(ResourceQuotas, { ...before, spec: { hard: { 'count/pods': '2', configmaps: '3' } } });
    await quiet();
    const { status } = await api.get(ResourceQuotas, ref);
    assert.deepEqual(status, {
      hard: { 'count/pods': '2', configmaps: '3' },
      used: { 'count/pods': '1', configmaps: '0' },
    });
  });
});
