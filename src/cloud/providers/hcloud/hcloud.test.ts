/** The provider against the emulator in test/hcloud, by HTTP. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Clock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { seededRandom } from '../../../base/random.ts';
import { HcloudEmulator } from '../../../../test/hcloud/emulator.ts';
import type { CloudProvider } from '../../provider.ts';
import { cloudNode, cloudService } from '../../testing/objects.ts';
import { ProviderConfig } from '../provider-config.ts';
import { readHcloudProvider } from './read.ts';

/** Whatever is to come later comes at once. */
const impatient: Clock = {
  now: Date.now,
  after(_, action) {
    const timer = setImmediate(action);
    return () => clearImmediate(timer);
  },
};

const { signal } = new AbortController();

async function setUp(
  t: TestContext,
  settings = 'location: fsn1',
): Promise<{ cloud: HcloudEmulator; provider: CloudProvider }> {
  const cloud = new HcloudEmulator();
  const endpoint = await cloud.start();
  const before = process.env['HCLOUD_TOKEN'];
  process.env['HCLOUD_TOKEN'] = cloud.token;
  const open = readHcloudProvider(await ProviderConfig.read(`endpoint: ${endpoint}\n${settings}`));
  if (before === undefined) delete process.env['HCLOUD_TOKEN'];
  else process.env['HCLOUD_TOKEN'] = before;
  const provider = await open({
    clock: impatient,
    random: seededRandom(1),
    log: silentLog,
    services: () => [],
    signal,
  });
  t.after(async () => {
    await provider.close();
    await cloud.stop();
  });
  return { cloud, provider };
}

function node(name: string, id: number) {
  return cloudNode(name, { providerID: `hcloud://${id}` });
}

function parts({ instances, routes, loadBalancers }: CloudProvider) {
  assert.ok(instances !== undefined && loadBalancers !== undefined);
  return { instances, routes, loadBalancers };
}

test('a server is found by name first and by its id later, on whatever page, and tells all about itself', async (t) => {
  const { cloud, provider } = await setUp(t, 'network: cluster');
  const network = cloud.addNetwork('cluster');
  for (let count = 0; count < 60; count++) cloud.addServer(`other-${count}`);
  const server = cloud.addServer('web', { private_net: [{ network: network.id, ip: '10.0.0.5', alias_ips: [] }] });
  const { instances } = parts(provider);
  const found = await instances.find(cloudNode('web'), signal);
  assert.deepEqual(found, {
    providerId: `hcloud://${server.id}`,
    instanceType: 'cx22',
    zone: 'fsn1-dc14',
    region: 'fsn1',
    addresses: [
      { type: 'Hostname', address: 'web' },
      { type: 'InternalIP', address: '10.0.0.5' },
      { type: 'ExternalIP', address: `203.0.113.${server.id}` },
      { type: 'ExternalIP', address: `2001:db8:${server.id}::1` },
    ],
    isShutdown: false,
  });
  server.name = 'renamed';
  server.status = 'off';
  assert.equal((await instances.find(node('web', server.id), signal))?.isShutdown, true);
  cloud.project.servers.delete(server.id);
  assert.equal(await instances.find(node('web', server.id), signal), undefined);
  assert.equal(await instances.find(cloudNode('web'), signal), undefined);
  await assert.rejects(
    instances.find(cloudNode('web', { providerID: 'aws:///i-1' }), signal),
    /no server of Hetzner Cloud/,
  );
});

test('routes lead through the servers addresses in the network', async (t) => {
  const { cloud, provider } = await setUp(t, 'network: cluster');
  const network = cloud.addNetwork('cluster');
  network.routes = [{ destination: '192.168.0.0/24', gateway: '10.0.0.9' }];
  const { routes } = parts(provider);
  const web = cloudNode('web', {}, { addresses: [{ type: 'InternalIP', address: '10.0.0.5' }] });
  await routes?.create(web, '10.244.0.0/24', signal);
  await routes?.create(web, '10.244.1.0/24', signal);
  const listed = (await routes?.list([web], signal)) ?? [];
  assert.deepEqual(
    listed.map(({ nodeName, destination }) => `${nodeName} ${destination}`),
    ['undefined 192.168.0.0/24', 'web 10.244.0.0/24', 'web 10.244.1.0/24'],
  );
  const [, first] = listed;
  assert.ok(first);
  await routes?.remove(first, signal);
  await routes?.remove(first, signal);
  assert.equal(network.routes.length, 2);
  await assert.rejects(
    Promise.resolve(routes?.create(cloudNode('new'), '10.244.2.0/24', signal)),
    /no address in the private network yet/,
  );
});

test('a Service gets a load balancer, which follows it and its nodes, and goes with it', async (t) => {
  const { cloud, provider } = await setUp(t);
  const { loadBalancers } = parts(provider);
  const [a, b] = [cloud.addServer('a'), cloud.addServer('b')];
  const service = cloudService('web');
  assert.equal(await loadBalancers.find(service, signal), undefined);
  const status = await loadBalancers.ensure(
    service,
    [node('a', a.id), cloudNode('too-new'), cloudNode('b', { providerID: 'aws:///i-1' })],
    signal,
  );
  const [balancer] = cloud.project.balancers.values();
  assert.ok(balancer);
  const ip = `198.51.100.${balancer.id}`;
  assert.deepEqual(status, {
    ingress: [
      { ip, ipMode: 'VIP' },
      { ip: `2001:db8:ffff::${balancer.id}`, ipMode: 'VIP' },
    ],
  });
  assert.equal(balancer.name, 'auidweb');
  assert.deepEqual(balancer.labels, { 'hcloud-ccm/service-uid': 'uid-web' });
  assert.deepEqual(balancer.targets, [{ type: 'server', server: { id: a.id }, use_private_ip: false }]);
  assert.deepEqual(balancer.services[0]?.['health_check'], {
    protocol: 'tcp',
    port: 30080,
    interval: 15,
    timeout: 10,
    retries: 3,
  });

  cloud.requests.length = 0;
  await loadBalancers.ensure(service, [node('a', a.id)], signal);
  assert.deepEqual(cloud.requests, ['GET /load_balancers'], 'what is right is left alone');

  await loadBalancers.updateNodes(service, [node('b', b.id)], signal);
  assert.deepEqual(
    balancer.targets.map(({ server }) => server.id),
    [b.id],
  );
  const changed = cloudService('web', {
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 32000,
    ports: [{ port: 443, targetPort: 8443, nodePort: 30443, protocol: 'TCP' }],
  });
  await loadBalancers.ensure(changed, [node('b', b.id)], signal);
  assert.deepEqual(
    balancer.services.map(({ listen_port, health_check }) => [listen_port, (health_check as { port: number }).port]),
    [[443, 32000]],
  );
  await loadBalancers.remove(changed, signal);
  await loadBalancers.remove(changed, signal);
  assert.equal(cloud.project.balancers.size, 0);
});

test('annotations say how a load balancer is to be', async (t) => {
  const { cloud, provider } = await setUp(t, 'location: fsn1\nnetwork: cluster\nusePrivateIp: true');
  const network = cloud.addNetwork('cluster');
  const server = cloud.addServer('a', { private_net: [{ network: network.id, ip: '10.0.0.5', alias_ips: [] }] });
  const { loadBalancers } = parts(provider);
  const annotated = (settings: Readonly<Record<string, string>>) => {
    const pairs = Object.entries(settings).map(([key, value]) => [`load-balancer.hetzner.cloud/${key}`, value]);
    return cloudService('web', {}, { annotations: Object.fromEntries(pairs) });
  };
  const nodes = [node('a', server.id)];
  await loadBalancers.ensure(cloudService('web'), nodes, signal);
  const [balancer] = cloud.project.balancers.values();
  assert.ok(balancer);
  assert.equal(balancer.targets[0]?.use_private_ip, true);
  const more = {
    name: 'front',
    type: 'lb21',
    'algorithm-type': 'least_connections',
    'uses-proxyprotocol': 'true',
    'ipv6-disabled': 'true',
    'disable-private-ingress': 'true',
  };
  const status = await loadBalancers.ensure(annotated(more), nodes, signal);
  assert.deepEqual(status.ingress, [{ ip: `198.51.100.${balancer.id}`, ipMode: 'Proxy' }]);
  const { name, load_balancer_type, algorithm, services } = balancer;
  assert.deepEqual([name, load_balancer_type.name, algorithm.type], ['front', 'lb21', 'least_connections']);
  assert.equal(services[0]?.['proxyprotocol'], true);
  const named = await loadBalancers.ensure(
    annotated({ hostname: 'web.example.com', 'use-private-ip': 'false' }),
    nodes,
    signal,
  );
  assert.deepEqual(named, { ingress: [{ hostname: 'web.example.com' }] });
  assert.equal(balancer.targets[0]?.use_private_ip, false);
});

test('what these load balancers cannot do is said', async (t) => {
  const { cloud, provider } = await setUp(t, '');
  const { loadBalancers } = parts(provider);
  const ensure = (spec: Parameters<typeof cloudService>[1]) =>
    loadBalancers.ensure(cloudService('web', spec), [], signal);
  await assert.rejects(ensure({ loadBalancerSourceRanges: ['10.0.0.0/8'] }), /cannot keep clients out/);
  await assert.rejects(
    ensure({ ports: [{ port: 53, targetPort: 53, nodePort: 30053, protocol: 'UDP' }] }),
    /carry TCP alone/,
  );
  await assert.rejects(ensure({ ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }] }), /no node port/);
  await assert.rejects(ensure({}), /nothing says where/);
  assert.equal(cloud.project.balancers.size, 0);
});

test('what passes is tried again: the rate limit, locks, gateways; what does not is told', async (t) => {
  const { cloud, provider } = await setUp(t);
  const { loadBalancers, instances } = parts(provider);
  const server = cloud.addServer('a');
  cloud.remaining = 0;
  assert.notEqual(await instances.find(node('a', server.id), signal), undefined);
  for (const [status, code] of [
    [503, 'unavailable'],
    [502, ''],
    [423, 'locked'],
    [409, 'conflict'],
  ] as const) {
    cloud.failNext(status, code);
    assert.notEqual(await instances.find(node('a', server.id), signal), undefined, code);
  }
  cloud.failNext(403, 'forbidden', 'insufficient permissions');
  await assert.rejects(instances.find(node('a', server.id), signal), {
    message: 'insufficient permissions (forbidden)',
  });
  cloud.failAction('create_load_balancer', 'no_capacity', 'no capacity left in fsn1');
  const service = cloudService('web');
  await assert.rejects(loadBalancers.ensure(service, [], signal), {
    message: 'no capacity left in fsn1 (no_capacity)',
  });
  await loadBalancers.ensure(service, [node('a', server.id)], signal);
  assert.equal(cloud.project.balancers.size, 1, 'the one that was begun is gone on with');
});

test('each request may be the last: what was begun is finished by the next attempt, and made once', async (t) => {
  const { cloud, provider } = await setUp(t);
  const { loadBalancers } = parts(provider);
  const nodes = [node('a', cloud.addServer('a').id), node('b', cloud.addServer('b').id)];
  const service = cloudService('web');
  for (let last = 1; ; last++) {
    cloud.requests.length = 0;
    const cut = new AbortController();
    cloud.onRequest = () => {
      if (cloud.requests.length === last) cut.abort(new Error('cut'));
    };
    const ended = await loadBalancers.ensure(service, nodes, cut.signal).then(
      () => true,
      () => false,
    );
    assert.ok(cloud.project.balancers.size <= 1);
    if (ended) break;
    assert.ok(last < 100);
  }
  const [balancer] = cloud.project.balancers.values();
  assert.deepEqual([balancer?.services.length, balancer?.targets.length], [1, 2]);
});
