import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from './testing/test-server.ts';

let server: TestServer;
before(async () => void (server = await startTestServer({ flags: { 'secure-port': '6443', v: '2' } })));
after(() => server.close());

test('statusPage() is text for people and an object for programs that ask for it', async () => {
  for (const accept of ['', '*/*', 'text/plain', 'application/json;v=foo;g=config.k8s.io;as=Statusz,*/*']) {
    const { text } = await server.call('GET', '/statusz', { accept });
    assert.match(text, /^\nkube-apiserver statusz\nWarning: .*\n\nStarted: /, accept);
    assert.match(text, /\nPaths: \/flagz \/healthz \/livez \/metrics \/readyz \/statusz \/version\n$/);
  }
  const accept = 'application/json;v=v1beta1;g=config.k8s.io;as=Statusz';
  const { body } = await server.call('GET', '/statusz', { accept });
  assert.equal(body['kind'], 'Statusz');
  assert.equal(body['apiVersion'], 'config.k8s.io/v1beta1');
  assert.deepEqual(body['metadata'], { name: 'kube-apiserver' });
  assert.equal(body['emulationVersion'], '1.36');
});

test('statusPage() is nothing else', async () => {
  for (const accept of ['application/xml', 'application/json', 'application/json;v=v1alpha1;g=config.k8s.io']) {
    assert.equal((await server.call('GET', '/statusz', { accept })).status, 406, accept);
  }
});

test('flagPage() shows the flags that were given', async () => {
  const { text } = await server.call('GET', '/flagz', { accept: '*/*' });
  assert.ok(text.endsWith('only.\n\nsecure-port=6443\nv=2\n'), text);
  const accept = 'application/yaml;v=v1alpha1;g=config.k8s.io;as=Flagz';
  assert.match((await server.call('GET', '/flagz', { accept })).text, /flags:\n {2}secure-port: "6443"\n/);
});
