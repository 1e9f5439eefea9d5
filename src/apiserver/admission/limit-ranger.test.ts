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

test('createLimitRanger() bounds what containers are given later, too', async () => {
  const namespace = '/api/v1/namespaces/bounded';
  await server.ok('POST', '/api/v1/namespaces', { metadata: { name: 'bounded' } });
  await server.ok('POST', `${namespace}/serviceaccounts`, { metadata: { name: 'default' } });
  const limits = [{ type: 'Container', max: { cpu: '1' } }];
  await server.ok('POST', `${namespace}/limitranges`, { metadata: { name: 'range' }, spec: { limits } });
  const containers = [{ name: 'c', image: 'i:1', resources: { limits: { cpu: '1' } } }];
  await server.ok('POST', `${namespace}/pods`, { metadata: { name: 'p' }, spec: { containers } });
  const resources = { requests: { cpu: '2' }, limits: { cpu: '2' } };
  const { status, body } = await server.call('PATCH', `${namespace}/pods/p/resize`, {
    body: { spec: { containers: [{ name: 'c', resources }] } },
    contentType: 'application/strategic-merge-patch+json',
  });
  assert.equal(status, 403);
  assert.equal(
    (body as { message: string }).message,
    'pods "p" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
  );
});

test('createNamespaceLifecycle() tells what is made in a going namespace by as much of its name as there is', async () => {
  await server.ok('POST', '/api/v1/namespaces', { metadata: { name: 'going', finalizers: ['example.com/hold'] } });
  await server.call('DELETE', '/api/v1/namespaces/going');
  const made = { metadata: { generateName: 'some-' } };
  const { status, body } = await server.call('POST', '/api/v1/namespaces/going/configmaps', { body: made });
  assert.equal(status, 403);
  assert.match((body as { message: string }).message, /^configmaps "some-" is forbidden: unable to create new content/);
});
