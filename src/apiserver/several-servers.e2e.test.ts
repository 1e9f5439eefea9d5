/**
 * Several API servers on one store: on a real etcd (Debian's package etcd-server), and on one embedded store through its
 * etcd API.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createPrivateKeyPem } from '../base/certificate.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { openEmbeddedStore } from '../store/embedded/open.ts';
import { openEtcdStore } from '../store/etcd/open.ts';
import { openCuttableLink } from '../store/etcd/testing/cuttable-link.ts';
import { startRealEtcd } from '../store/etcd/testing/real-etcd.ts';
import { startEtcdServer } from '../store/server/etcd-server.ts';
import { alice, startTestServer, type TestServer } from './testing/test-server.ts';

type Serve = (context: TestContext) => Promise<readonly string[]>;

const realEtcd: Serve = async (context) => (await startRealEtcd(context, 1)).urls;

const embedded: Serve = async (context) => {
  const store = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
  const server = await startEtcdServer({ store, clock: systemClock, listenUrls: ['http://127.0.0.1:0'] });
  context.after(async () => {
    await server.close();
    await store.close();
  });
  return server.urls;
};

const signingKey = createPrivateKeyPem();

async function startServer(servers: readonly string[], advertiseAddress: string) {
  const store = await openEtcdStore({ servers, clock: systemClock, log: silentLog, keysFrom: '/registry/' });
  const server = await startTestServer({
    store,
    random: systemRandom,
    advertiseAddress,
    authentication: { serviceAccounts: { signingKey } },
  });
  let open = true;
  const close = async (): Promise<void> => {
    if (!open) return;
    open = false;
    await server.close();
    await store.close();
  };
  return { ...server, close };
}

/** Two servers, in the order in which they are closed. */
async function startTwo(context: TestContext, serve: Serve): Promise<readonly [TestServer, TestServer]> {
  const opened: TestServer[] = [];
  context.after(async () => {
    for (const server of opened) await server.close();
  });
  const ends: (() => void | Promise<void>)[] = [];
  const servers = await serve({ after: (end: () => Promise<void>) => ends.push(end) } as unknown as TestContext);
  context.after(async () => {
    for (const end of ends) await end();
  });
  const [one, two] = await Promise.all(['10.1.0.1', '10.1.0.2'].map((address) => startServer(servers, address)));
  assert.ok(one !== undefined && two !== undefined);
  opened.push(one, two);
  return [one, two];
}

const configMaps = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, text: string) => ({ metadata: { name }, data: { text } });

for (const [name, serve] of Object.entries({ 'a real etcd': realEtcd, 'an embedded store': embedded })) {
  test(`two servers on ${name} see at once what the other has answered`, { timeout: 120_000 }, async (context) => {
    const [one, two] = await startTwo(context, serve);
    for (let round = 0; round < 20; round += 1) {
      const [writer, reader] = round % 2 === 0 ? [one, two] : [two, one];
      const made = await writer.ok('POST', configMaps, configMap(`m-${round}`, 'one'));
      assert.equal((await reader.ok('GET', `${configMaps}/m-${round}`))['data']?.['text' as never], 'one');
      const list = await reader.ok('GET', configMaps);
      assert.equal((list['items'] as unknown[]).length, round + 1);
      const version = (made['metadata'] as { resourceVersion: string }).resourceVersion;
      assert.equal((await reader.call('GET', `${configMaps}?resourceVersion=${version}`)).status, 200);
      await reader.ok('PUT', `${configMaps}/m-${round}`, configMap(`m-${round}`, 'two'));
      await writer.ok('PATCH', `${configMaps}/m-${round}`, { data: { more: 'x' } }, 'application/merge-patch+json');
      assert.equal((await reader.ok('GET', `${configMaps}/m-${round}`))['data']?.['text' as never], 'two');
    }
    await one.ok('DELETE', `${configMaps}/m-0`);
    assert.equal((await two.call('GET', `${configMaps}/m-0`)).status, 404);
  });

  test(`two servers on ${name} never give the same address or port twice`, { timeout: 120_000 }, async (context) => {
    const servers = await startTwo(context, serve);
    const services = '/api/v1/namespaces/default/services';
    const service = (index: number, ip?: string) => ({
      metadata: { name: `s-${index}` },
      spec: { type: 'NodePort', ports: [{ port: 80 }], ...(ip === undefined ? {} : { clusterIP: ip }) },
    });
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => (servers[index % 2] as TestServer).ok('POST', services, service(index))),
    );
    const list = await servers[0].ok('GET', services);
    const specs = (list['items'] as { spec: { clusterIP: string; ports: { nodePort?: number }[] } }[]).map(
      ({ spec }) => spec,
    );
    assert.equal(new Set(specs.map(({ clusterIP }) => clusterIP)).size, 61);
    const ports = specs.flatMap((spec) => spec.ports.map(({ nodePort }) => nodePort ?? 0)).filter((port) => port > 0);
    assert.equal(new Set(ports).size, 60);
    // One address that both want at the same time, from the lower part of the range, which nobody is given by chance.
    for (let round = 0; round < 10; round += 1) {
      const wanted = `10.96.0.${100 + round}`;
      const answers = await Promise.all(
        servers.map((server, index) =>
          server.call('POST', services, { body: service(1000 + round * 2 + index, wanted) }),
        ),
      );
      const statuses = answers.map(({ status }) => status).toSorted();
      assert.equal(statuses[0], 201);
      assert.ok(statuses[1] === 422 || statuses[1] === 409, `the other is refused: ${statuses[1]}`);
    }
  });

  test(`two servers on ${name} take turns with a quota`, { timeout: 120_000 }, async (context) => {
    const servers = await startTwo(context, serve);
    const quota = { metadata: { name: 'few' }, spec: { hard: { 'count/configmaps': '10' } } };
    await servers[0].ok('POST', '/api/v1/namespaces/default/resourcequotas', quota);
    const status = { status: { hard: quota.spec.hard, used: { 'count/configmaps': '0' } } };
    const path = '/api/v1/namespaces/default/resourcequotas/few/status';
    await servers[0].ok('PATCH', path, status, 'application/merge-patch+json');
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        (servers[index % 2] as TestServer).call('POST', configMaps, { body: configMap(`q-${index}`, 'x') }),
      ),
    );
    const made = answers.filter((answer) => answer.status === 201).length;
    const list = await servers[1].ok('GET', configMaps);
    assert.equal((list['items'] as unknown[]).length, made);
    assert.ok(made > 0 && made <= 10, `${made} of 10 were made`);
  });
}

test(
  'two servers stand behind the Service kubernetes; one that stops leaves it',
  { timeout: 120_000 },
  async (context) => {
    const [one, two] = await startTwo(context, realEtcd);
    const addresses = async (): Promise<unknown> => {
      const endpoints = await two.ok('GET', '/api/v1/namespaces/default/endpoints/kubernetes');
      const slice = await two.ok('GET', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes');
      const [subset] = endpoints['subsets'] as { addresses: { ip: string }[] }[];
      const sliced = slice['endpoints'] as { addresses: string[] }[];
      return [subset?.addresses.map(({ ip }) => ip), sliced.flatMap((endpoint) => endpoint.addresses)];
    };
    const both = ['10.1.0.1', '10.1.0.2'];
    assert.deepEqual(await addresses(), [both, both]);
    const leases = await two.ok('GET', '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases');
    const items = leases['items'] as { metadata: { name: string; labels: object }; spec: object }[];
    assert.equal(items.length, 2);
    for (const { metadata } of items) {
      assert.match(metadata.name, /^apiserver-[a-z2-7]{26}$/);
      assert.equal(metadata.labels['apiserver.kubernetes.io/identity' as never], 'kube-apiserver');
    }
    await one.close();
    assert.deepEqual(await addresses(), [['10.1.0.2'], ['10.1.0.2']]);
  },
);

test(
  'a server that was cut off while etcd forgot what it missed knows rights and resources again',
  { timeout: 120_000 },
  async (context) => {
    let endEtcd: () => void | Promise<void> = () => undefined;
    const { urls } = await startRealEtcd({ after: (end) => void (endEtcd = end) }, 1);
    const [url = ''] = urls;
    const link = await openCuttableLink(url);
    const [lost, kept] = await Promise.all([startServer([link.url], '10.1.0.1'), startServer([url], '10.1.0.2')]);
    const store = await openEtcdStore({ servers: [url], clock: systemClock, log: silentLog, keysFrom: '/registry/' });
    context.after(async () => {
      link.mend();
      await lost.close();
      await kept.close();
      await store.close();
      await link.close();
      await endEtcd();
    });
    const group = 'rbac.authorization.k8s.io';
    const bindings = `/apis/${group}/v1/namespaces/default/rolebindings`;
    const bind = (name: string) => ({
      metadata: { name },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup: group, kind: 'User', name: alice.name }],
    });
    const statusFor = async (server: TestServer): Promise<number> =>
      (await server.call('GET', configMaps, { user: alice })).status;
    const becomes = async (wanted: number, ask: () => Promise<number>): Promise<void> => {
      while ((await ask()) !== wanted) await delay(50);
    };
    await kept.ok('POST', bindings, bind('before'));
    await becomes(200, () => statusFor(lost));

    link.cut();
    await kept.ok('DELETE', `${bindings}/before`);
    const names = { plural: 'ships', kind: 'Ship' };
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }];
    await kept.ok('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: { name: 'ships.example.com' },
      spec: { group: 'example.com', scope: 'Namespaced', names, versions },
    });
    await store.compact((await store.range('/', {})).revision);
    link.mend();
    await becomes(403, () => statusFor(lost));
    await becomes(200, async () => (await lost.call('GET', '/apis/example.com/v1/ships')).status);
    await kept.ok('POST', bindings, bind('after'));
    await becomes(200, () => statusFor(lost));
    await lost.ok('DELETE', `${bindings}/after`);
    await becomes(403, () => statusFor(kept));
  },
);
