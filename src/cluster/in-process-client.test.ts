import assert from 'node:assert/strict';
import { before, after, test } from 'node:test';
import { isApiError } from '../api/api-error.ts';
import { ConfigMaps, Namespaces } from '../api/resources.ts';
import { startApiServer, type ApiServer } from '../apiserver/api-server.ts';
import { OverloadError } from '../apiserver/fairness/overload-error.ts';
import { createCertificate, createPrivateKeyPem } from '../base/certificate.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { seededRandom } from '../base/random.ts';
import type { Client, WatchEvent } from '../client/client.ts';
import { openEmbeddedStore } from '../store/embedded/open.ts';
import type { Store } from '../store/store.ts';
import { createInProcessClient } from './in-process-client.ts';

let store: Store;
let apiServer: ApiServer;
let client: Client;

before(async () => {
  store = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
  const validity = { notBeforeMs: Date.now() - 60_000, notAfterMs: Date.now() + 3_600_000 };
  const serving = createCertificate({ commonName: 'test', usage: 'server', hosts: ['127.0.0.1'], ...validity });
  apiServer = await startApiServer({
    store,
    clock: systemClock,
    random: seededRandom(1),
    log: silentLog,
    bindAddress: '127.0.0.1',
    securePort: 0,
    serving: { certificate: () => ({ cert: serving.certificate, key: serving.key }) },
    authentication: { serviceAccounts: { signingKey: createPrivateKeyPem() } },
    serviceClusterIpRange: '10.96.0.0/16',
  });
  client = createInProcessClient({
    apiServer,
    user: { name: 'admin', groups: ['system:masters'] },
    userAgent: 'test/1',
  });
});

after(async () => {
  await apiServer.close();
  await store.close();
});

test('createInProcessClient() writes, reads, changes, lists and deletes objects', async () => {
  const metadata = { name: 'verbs', namespace: 'default' };
  const created = await client.create(ConfigMaps, { metadata, data: { a: '1' } });
  assert.equal(created.metadata.managedFields?.[0]?.manager, 'test');
  const patched = await client.patch(ConfigMaps, metadata, { type: 'merge', value: { data: { b: '2' } } });
  assert.deepEqual(patched.data, { a: '1', b: '2' });
  const updated = await client.update(ConfigMaps, { ...patched, data: { c: '3' } });
  assert.notEqual(updated.metadata.resourceVersion, created.metadata.resourceVersion);
  await assert.rejects(client.update(ConfigMaps, created), (error) => isApiError(error, 'Conflict'));
  const { items, metadata: list } = await client.list(ConfigMaps, {
    namespace: 'default',
    fieldSelector: 'metadata.name=verbs',
  });
  assert.deepEqual(
    items.map(({ kind, data }) => [kind, data]),
    [['ConfigMap', { c: '3' }]],
  );
  assert.ok(Number(list.resourceVersion) >= Number(updated.metadata.resourceVersion));
  await client.delete(ConfigMaps, metadata);
  assert.equal(await client.find(ConfigMaps, metadata), undefined);
});

test('createInProcessClient() refuses what its user may not do', async () => {
  const nobody = createInProcessClient({ apiServer, user: { name: 'nobody', groups: [] }, userAgent: 'test' });
  await assert.rejects(nobody.list(Namespaces), (error) => isApiError(error, 'Forbidden'));
  const answer = await nobody.request({ method: 'GET', path: '/api/v1/namespaces' });
  assert.equal(answer.status, 403);
  assert.match(Buffer.from(answer.body).toString(), /"reason":"Forbidden"/);
});

test('createInProcessClient() watches from the first objects on until the signal aborts', async () => {
  const controller = new AbortController();
  const seen: string[] = [];
  const watch = client.watch(ConfigMaps, {
    namespace: 'kube-public',
    sendInitialEvents: true,
    resourceVersionMatch: 'NotOlderThan',
    allowWatchBookmarks: true,
    signal: controller.signal,
  });
  await client.create(ConfigMaps, { metadata: { name: 'first', namespace: 'kube-public' } });
  for await (const event of watch) {
    seen.push(describe(event));
    if (event.type === 'BOOKMARK') {
      await client.create(ConfigMaps, { metadata: { name: 'second', namespace: 'kube-public' } });
      await client.delete(ConfigMaps, { name: 'first', namespace: 'kube-public' });
    }
    if (event.type === 'DELETED') controller.abort();
  }
  assert.deepEqual(seen, ['ADDED first', 'BOOKMARK end', 'ADDED second', 'DELETED first']);
});

test('createInProcessClient() answers paths that are no resources', async () => {
  const { status, body } = await client.request({ method: 'GET', path: '/readyz' });
  assert.deepEqual([status, Buffer.from(body).toString()], [200, 'ok']);
});

function describe(event: WatchEvent<unknown>): string {
  const { metadata } = event.object as {
    readonly metadata: { readonly name?: string; readonly annotations?: Readonly<Record<string, string>> };
  };
  const end = metadata.annotations?.['k8s.io/initial-events-end'] === 'true' ? 'end' : '';
  return `${event.type} ${metadata.name ?? end}`;
}

test('createInProcessClient() asks again when the server has no room, a few times', async () => {
  let asked = 0;
  const refusing = (times: number): Client =>
    createInProcessClient({
      apiServer: {
        handle: (request) => {
          asked += 1;
          return asked <= times ? Promise.reject(new OverloadError(0)) : apiServer.handle(request);
        },
      },
      user: { name: 'admin', groups: ['system:masters'] },
      userAgent: 'test/1',
    });
  await refusing(2).get(Namespaces, { name: 'default' });
  assert.equal(asked, 3);
  asked = 0;
  await assert.rejects(refusing(100).get(Namespaces, { name: 'default' }), OverloadError);
  assert.equal(asked, 5);
});

test('createInProcessClient() has a hundred requests under way at most, and carries out all', async () => {
  let underWay = 0;
  let most = 0;
  const counting = createInProcessClient({
    apiServer: {
      handle: async (request) => {
        underWay += 1;
        most = Math.max(most, underWay);
        try {
          return await apiServer.handle(request);
        } finally {
          underWay -= 1;
        }
      },
    },
    user: { name: 'admin', groups: ['system:masters'] },
    userAgent: 'test/1',
  });
  const creations = Array.from({ length: 300 }, (_, i) =>
    counting.create(ConfigMaps, { metadata: { namespace: 'default', name: `many-${i}` } }),
  );
  assert.equal((await Promise.all(creations)).length, 300);
  assert.equal(most, 100);
});
