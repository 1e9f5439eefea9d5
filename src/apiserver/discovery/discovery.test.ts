import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json } from '../../api/schema.ts';
import { at, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
before(async () => void (server = await startTestServer()));
after(() => server.close());

test('discover() lists groups, versions and resources with their subresources', async () => {
  const groups = (await server.ok('GET', '/apis'))['groups'] as Json[];
  assert.ok(groups.some((group) => at(group, 'name') === 'apps'));
  const list = (await server.ok('GET', '/apis/apps/v1'))['resources'] as Json[];
  const names = list.map((resource) => at(resource, 'name'));
  assert.ok(names.includes('deployments') && names.includes('deployments/scale'));
  const hpa = (await server.ok('GET', '/apis/autoscaling/v1'))['resources'] as Json[];
  assert.equal(at(hpa[0], 'storageVersionHash'), 'qwQve8ut294=');
});

test('discover() gives all in one to who asks for the aggregated form', async () => {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const { body } = await server.call('GET', '/api', { accept });
  assert.equal(body['kind'], 'APIGroupDiscoveryList');
  const old = await server.call('GET', '/api', { accept: accept.replace('v=v2', 'v=v9') });
  assert.equal(old.status, 406);
  const either = await server.call('GET', '/api', { accept: `${accept.replace('v=v2', 'v=v9')},application/json` });
  assert.equal(either.body['kind'], 'APIVersions');
});

test('discover() tells unknown groups from unknown versions', async () => {
  assert.equal((await server.call('GET', '/apis/none.example.com/v1')).text, '404 page not found\n');
  assert.equal((await server.call('GET', '/apis/apps/v9')).body['reason'], 'NotFound');
});

test('health answers in parts, and says what is left out', async () => {
  assert.equal((await server.call('GET', '/readyz/ping')).text, 'ok');
  assert.equal((await server.call('GET', '/livez/nothing')).status, 404);
  const verbose = await server.call('GET', '/livez?verbose&exclude=log');
  assert.match(verbose.text, /\[\+\]ping ok\n\[\+\]log excluded: ok\n/);
  const odd = await server.call('GET', '/livez?verbose&exclude=odd');
  assert.match(odd.text, /\nwarn: some health checks cannot be excluded: no matches for "odd"\n/);
});
