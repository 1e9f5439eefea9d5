import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Endpoints, EndpointSlices, Pods, Services } from '../../api/resources.ts';
import { endpointsController } from '../endpoints/reconcile.ts';
import { pod, service, startTime } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { endpointSliceController } from './reconcile.ts';

test('pods behind a Service are in its endpoints and slices as long as they are ready', async () => {
  await runCluster([endpointsController, endpointSliceController], async ({ api, quiet }) => {
    await api.create(Services, service('web'));
    await quiet();
    assert.equal(api.all(EndpointSlices).length, 1);
    await api.create(Pods, pod('a', { readySince: startTime, status: { podIP: '10.0.0.1' } }));
    await quiet();
    const ref = { namespace: 'default', name: 'web' };
    const conditions = () =>
      api.all(EndpointSlices).flatMap(({ endpoints }) => (endpoints ?? []).map((one) => one.conditions.ready));
    assert.deepEqual(conditions(), [true]);
    assert.equal((await api.get(Endpoints, ref)).subsets?.[0]?.addresses?.[0]?.ip, '10.0.0.1');

    const current = await api.get(Pods, { namespace: 'default', name: 'a' });
    await api.updateStatus(Pods, { ...current, status: { ...current.status, conditions: [] } });
    await quiet();
    assert.deepEqual(conditions(), [false]);
    assert.equal((await api.get(Endpoints, ref)).subsets?.[0]?.notReadyAddresses?.length, 1);

    await api.delete(Services, ref);
    await quiet();
    assert.equal(await api.find(Endpoints, ref), undefined);
  });
});
