import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
before(async () => void (server = await startTestServer()));
after(() => server.close());

test('proxyRequest() takes every method, and misses what is not there', async () => {
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const answer = await server.call(method, '/api/v1/namespaces/default/services/none/proxy/path');
    assert.equal(answer.status, 404, method);
    assert.equal(answer.body['message'], 'services "none" not found', method);
  }
});

test('proxyRequest() refuses to reach the machine itself, and names that are none', async () => {
  const services = '/api/v1/namespaces/default/services';
  const own = await server.call('GET', `${services}/kubernetes/proxy/`);
  assert.equal(own.body['message'], 'address not allowed');
  const port = await server.call('GET', `${services}/kubernetes:99/proxy/`);
  assert.equal(port.body['message'], 'no service port 99 found for service "kubernetes"');
  const name = await server.call('GET', `${services}/a:b:c:d/proxy/`);
  assert.equal(name.body['message'], 'invalid service request "a:b:c:d"');
});

test('proxyRequest() refuses the machine itself under whatever address', async () => {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  await server.ok('POST', '/api/v1/namespaces/default/serviceaccounts', account);
  const pods = '/api/v1/namespaces/default/pods';
  const spec = { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'c' }] };
  await server.ok('POST', pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
  for (const podIP of ['127.0.0.2', '::1', '169.254.1.1', 'fe80::1', '224.0.0.1', '0.0.0.0']) {
    const status = { phase: 'Running', podIP, podIPs: [{ ip: podIP }] };
    const patched = await server.call('PATCH', `${pods}/p/status`, {
      body: { status },
      contentType: 'application/merge-patch+json',
    });
    assert.equal(patched.status, 200, patched.text);
    assert.equal((await server.call('GET', `${pods}/p/proxy/`)).body['message'], 'address not allowed', podIP);
  }
});
