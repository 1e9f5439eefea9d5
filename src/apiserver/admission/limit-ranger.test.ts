import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
before(async () => void (server = await startTestServer()));
after(() => server.close());

test('createLimitRanger() lets pods through where a range bounds nothing', async () => {
  const namespace = '/api/v1/namespaces/default';
  await server.ok('POST', `${namespace}/limitranges`, { metadata: { name: 'nothing' } });
  await server.call('POST', `${namespace}/serviceaccounts`, { body: { metadata: { name: 'default' } } });
  const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i:1' }] } };
  const { status } = await server.call('POST', `${namespace}/pods`, { body: pod });
  assert.equal(status, 201);
  const claim = {
    metadata: { name: 'c' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const made = await server.call('POST', `${namespace}/persistentvolumeclaims`, { body: claim });
  assert.equal(made.status, 201);
});
