import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinResources, StorageVersionMigrations } from '../../api/resources.ts';
import { silentLog } from '../../base/log.ts';
import { systemClock } from '../../base/clock.ts';
import { openEmbeddedStore } from '../../store/embedded/open.ts';
import { at, startTestServer } from '../testing/test-server.ts';

const service = '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.storagemigration.k8s.io';
const role = '/apis/rbac.authorization.k8s.io/v1/clusterroles/system:controller:storage-version-migrator-controller';
const migrations = '/apis/storagemigration.k8s.io/v1beta1/storageversionmigrations';

test('startApiServer() serves an optional resource while it is switched on, and takes its APIService back after that', async () => {
  const store = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
  const first = await startTestServer({ store, switchedOn: [StorageVersionMigrations] });
  const spec = { resource: { group: '', resource: 'secrets' } };
  const made = await first.ok('POST', migrations, { metadata: { name: 'm' }, spec });
  assert.equal(at(made, 'kind'), 'StorageVersionMigration');
  assert.equal((await first.call('GET', service)).status, 200);
  assert.equal((await first.call('GET', role)).status, 200);
  await first.close();
  const second = await startTestServer({ store });
  assert.equal((await second.call('GET', migrations)).status, 404);
  assert.equal((await second.call('GET', service)).status, 404);
  await second.close();
  await store.close();
});

test('startApiServer() does not show clients what is switched off, and works with it all the same', async () => {
  const off = ['apps/v1', 'rbac.authorization.k8s.io/v1', 'autoscaling/v1'];
  const switchedOff = builtinResources.filter(({ apiVersion }) => off.includes(apiVersion));
  const server = await startTestServer({ switchedOff });
  const groups = JSON.stringify(await server.ok('GET', '/apis'));
  for (const name of ['apps', 'rbac.authorization.k8s.io']) assert(!groups.includes(`"${name}"`), groups);
  assert(groups.includes('"autoscaling/v2"') && !groups.includes('"autoscaling/v1"'), groups);
  assert.equal((await server.call('GET', '/apis/apps/v1')).status, 404);
  const missing = await server.call('GET', '/apis/apps/v1/namespaces/default/deployments');
  assert.deepEqual([missing.status, missing.text.trim()], [404, '404 page not found']);
  assert.equal((await server.call('GET', '/apis/apiregistration.k8s.io/v1/apiservices/v1.apps')).status, 404);
  assert.equal((await server.call('GET', '/apis/apiregistration.k8s.io/v1/apiservices/v1.batch')).status, 200);
  const openapi = await server.ok('GET', '/openapi/v3');
  assert(!JSON.stringify(openapi).includes('apis/apps/v1'));
  await server.ok('POST', '/api/v1/namespaces', { metadata: { name: 'works' } });
  await server.close();
});
