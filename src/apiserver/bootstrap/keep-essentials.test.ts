import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../api/schema.ts';
import { createPrivateKeyPem } from '../../base/certificate.ts';
import { systemClock, virtualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { openEmbeddedStore } from '../../store/embedded/open.ts';
import { at, startTestServer, type TestServer } from '../testing/test-server.ts';

const service = '/api/v1/namespaces/default/services/kubernetes';
const range = '/apis/networking.k8s.io/v1/servicecidrs/kubernetes';
const published = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';
const essentials = [
  service,
  range,
  published,
  '/api/v1/namespaces/default/endpoints/kubernetes',
  '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes',
  '/apis/networking.k8s.io/v1/ipaddresses/10.96.0.1',
  '/api/v1/namespaces/kube-system/configmaps/kube-apiserver-legacy-service-account-token-tracking',
];
const frontProxy = {
  ca: () => '',
  allowedNames: ['front-proxy-client'],
  usernameHeaders: ['X-Remote-User'],
  uidHeaders: [],
  groupHeaders: [],
  extraHeaderPrefixes: [],
};

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, what);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const exists = async (server: TestServer, path: string): Promise<boolean> =>
  (await server.call('GET', path)).status === 200;

const merge = (server: TestServer, path: string, patch: JsonObject): Promise<JsonObject> =>
  server.ok('PATCH', path, patch, 'application/merge-patch+json');

test('keepEssentials() makes what is missing again while the server runs', async () => {
  const clock = virtualClock();
  const server = await startTestServer({ clock });
  try {
    for (const path of essentials) await server.call('DELETE', path);
    for (const path of essentials.filter((each) => each !== published)) assert.equal(await exists(server, path), false);
    clock.advance(11_000);
    for (const path of essentials) await until(() => exists(server, path), path);
    assert.equal(at(await server.ok('GET', service), 'spec.clusterIP'), '10.96.0.1');
    await merge(server, `${range}/status`, { status: { conditions: null } });
    clock.advance(11_000);
    const ready = async (): Promise<boolean> =>
      at(await server.ok('GET', range), 'status.conditions.0.type') === 'Ready';
    await until(ready, 'the range is ready again');
  } finally {
    await server.close();
  }
});

test('keepEssentials() publishes at once what somebody changed or deleted', async () => {
  const authentication = { serviceAccounts: { signingKey: createPrivateKeyPem() }, frontProxy };
  const server = await startTestServer({ clock: virtualClock(), authentication });
  const names = async (): Promise<unknown> => {
    const { body } = await server.call('GET', published);
    return (body['data'] as JsonObject | undefined)?.['requestheader-allowed-names'];
  };
  try {
    assert.equal(await names(), '["front-proxy-client"]');
    await merge(server, published, { data: { 'requestheader-allowed-names': '[]', mine: 'kept' } });
    await until(async () => (await names()) === '["front-proxy-client"]', 'mended');
    assert.equal(at(await server.ok('GET', published), 'data.mine'), 'kept');
    await server.ok('DELETE', published);
    await until(async () => (await names()) === '["front-proxy-client"]', 'made again');
  } finally {
    await server.close();
  }
});

test('keepEssentials() gives the Service its type and ports back at the start', async () => {
  const store = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
  let server = await startTestServer({ store });
  try {
    const before = at(await server.ok('GET', service), 'spec.type');
    const spec = { type: 'NodePort', ports: [{ name: 'other', port: 8443 }] };
    await merge(server, service, { spec });
    await server.close();
    server = await startTestServer({ store });
    const mended = await server.ok('GET', service);
    assert.equal(at(mended, 'spec.type'), before);
    const wanted = [{ name: 'https', protocol: 'TCP', port: 443, targetPort: server.port }];
    assert.deepEqual(at(mended, 'spec.ports'), wanted);
  } finally {
    await server.close();
    await store.close();
  }
});
