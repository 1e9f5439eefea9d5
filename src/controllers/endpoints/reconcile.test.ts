import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../../api/api-error.ts';
import { Endpoints, Services } from '../../api/resources.ts';
import { service } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { endpointsController } from './reconcile.ts';

test('endpointsController tells what it could not write, and tries again', async () => {
  await runCluster([endpointsController], async ({ api, quiet, events, clock }) => {
    const { create, update } = api;
    const refuse = async (): Promise<never> => {
      throw new ApiError('Forbidden', 'not today');
    };
    const made = service('web', { selector: { app: 'web' }, ports: [{ port: 80 }] } as never);
    await api.create(Services, made);
    api.create = refuse;
    await quiet();
    assert.equal(events[0], 'FailedToCreateEndpoint Failed to create endpoint for service default/web: not today');
    api.create = create;
    clock.advance(1000);
    await quiet();
    assert.equal(api.all(Endpoints).length, 1);
    api.update = refuse;
    await update.call(api, Services, {
      ...(await api.get(Services, made.metadata)),
      metadata: { ...made.metadata, labels: { a: 'b' } },
    } as never);
    await quiet();
    assert.equal(events.at(-1), 'FailedToUpdateEndpoint Failed to update endpoint default/web: not today');
    api.update = update;
  });
});
