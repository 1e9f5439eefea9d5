/** Services as far as the API goes: changes of type, the `kubernetes` Service and its endpoints, and what a namespace is told. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JsonObject } from '../../src/api/schema.ts';
import { at, startTestServer, type TestServer } from '../../src/apiserver/testing/test-server.ts';

const services = '/api/v1/namespaces/default/services';
const merge = 'application/merge-patch+json';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.close());

test('the kubernetes Service and its Endpoints and EndpointSlice are there, also in a list of all namespaces', async () => {
  const service = await server.ok('GET', `${services}/kubernetes`);
  const [port] = at(service, 'spec.ports') as readonly JsonObject[];
  assert.equal(port?.['name'], 'https');
  assert.equal(port['port'], 443);
  const all = (await server.ok('GET', '/api/v1/services'))['items'] as readonly JsonObject[];
  assert.ok(all.some((one) => at(one, 'metadata.name') === 'kubernetes'));
  const endpoints = await server.ok('GET', '/api/v1/namespaces/default/endpoints/kubernetes');
  const [subset] = endpoints['subsets'] as readonly JsonObject[];
  assert.equal((subset?.['addresses'] as readonly JsonObject[] | undefined)?.length, 1);
  const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
  const found = await server.ok('GET', `${slices}?labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes`);
  assert.equal((found['items'] as readonly JsonObject[]).length, 1);
});

const external = { type: 'ExternalName', externalName: 'example.com', clusterIP: null, clusterIPs: null };
const internal = (type: string): JsonObject => ({ type, externalName: null, ports: [{ port: 80, protocol: 'TCP' }] });

for (const type of ['ClusterIP', 'NodePort']) {
  test(`a Service changes from ${type} to ExternalName and back`, async () => {
    const name = type.toLowerCase();
    const made = await server.ok('POST', services, { metadata: { name }, spec: internal(type) });
    assert.match(String(at(made, 'spec.clusterIP')), /^10\.96\./);
    const named = await server.ok('PATCH', `${services}/${name}`, { spec: { ...external, ports: null } }, merge);
    assert.equal(at(named, 'spec.type'), 'ExternalName');
    assert.equal(at(named, 'spec.clusterIP'), undefined);
    const back = await server.ok('PATCH', `${services}/${name}`, { spec: internal(type) }, merge);
    assert.match(String(at(back, 'spec.clusterIP')), /^10\.96\./);
    const [port] = at(back, 'spec.ports') as readonly JsonObject[];
    assert.equal(typeof port?.['nodePort'], type === 'NodePort' ? 'number' : 'undefined');
  });
}
