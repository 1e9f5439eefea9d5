/** Cluster DNS as its clients see it: Node's resolver (c-ares) asks over real sockets on loopback. */
import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { after, before, test } from 'node:test';
import { decode, encode, type Packet } from 'dns-packet';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Endpoint } from '../api/groups/discovery.v1.ts';
import { EndpointSlices, Services } from '../api/resources.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { MemoryClient } from '../client/memory-client.ts';
import { MemoryServer } from '../client/memory-server.ts';
import { runDns } from './dns.ts';
import { listen, type DnsServer } from './server.ts';

const api = new MemoryServer(systemClock);
const context = { client: new MemoryClient(api), clock: systemClock, random: systemRandom, log: silentLog };
const stopping = new AbortController();
const resolver = new Resolver({ timeout: 2000, tries: 1 });
let running: Promise<void> = Promise.resolve();
let upstream: DnsServer;
let port = 0;
let upstreamQueries = 0;

function service(name: string, spec: object): void {
  api.create(Services, { metadata: { name, namespace: 'shop' }, spec, status: { loadBalancer: {} } });
}

function slice(name: string, endpoints: readonly Endpoint[]): void {
  api.create(EndpointSlices, {
    metadata: { name: `${name}-x`, namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints,
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  });
}

const ready = { ready: true };

before(async () => {
  service('web', {
    clusterIP: '10.96.0.10',
    clusterIPs: ['10.96.0.10', 'fd00::a'],
    ports: [
      { name: 'http', port: 80, protocol: 'TCP' },
      { name: 'metrics', port: 9090, protocol: 'TCP' },
    ],
  });
  service('db', { clusterIP: 'None', ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] });
  slice('db', [
    { addresses: ['10.244.0.2'], conditions: ready, hostname: 'db-0' },
    { addresses: ['10.244.0.3'], conditions: ready, hostname: 'db-1' },
    { addresses: ['10.244.0.4'], conditions: { ready: false }, hostname: 'db-2' },
    { addresses: ['10.244.0.5'], conditions: ready },
  ]);
  service('big', { clusterIP: 'None', ports: [] });
  slice(
    'big',
    Array.from({ length: 200 }, (_, at) => ({ addresses: [`10.245.0.${at}`], conditions: ready })),
  );
  service('alias', { type: 'ExternalName', externalName: 'www.example.com' });
  service('inner', { type: 'ExternalName', externalName: 'web.shop.svc.cluster.local' });
  upstream = await listen(['127.0.0.1'], 0, async (query) => answerOutside(query));
  const listening = Promise.withResolvers<number>();
  running = runDns(stopping.signal, context, {
    addresses: ['127.0.0.1'],
    port: 0,
    upstreams: [{ address: '127.0.0.1', port: upstream.port }],
    onListening: listening.resolve,
  });
  port = await listening.promise;
  resolver.setServers([`127.0.0.1:${port}`]);
  await eventually(async () => (await resolver.resolve4('web.shop.svc.cluster.local')).length === 1);
});

after(async () => {
  stopping.abort();
  await running;
  await upstream.close();
});

/** The world outside: knows www.example.com, and nothing else. */
function answerOutside(query: Buffer): Buffer {
  upstreamQueries++;
  const packet = decode(query);
  const [question] = packet.questions ?? [];
  const known = question?.name.toLowerCase() === 'www.example.com' && question.type === 'A';
  return encode({
    type: 'response',
    id: packet.id ?? 0,
    flags: known ? 0 : 3,
    questions: packet.questions ?? [],
    answers: known ? [{ type: 'A', name: 'www.example.com', ttl: 60, data: '192.0.2.80' }] : [],
  });
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await holds().catch(() => false))) assert(Date.now() < deadline, 'Not in time');
}

/** One datagram there, one back. */
async function ask(query: Packet): Promise<Packet & { readonly rcode?: string; readonly flag_tc?: boolean }> {
  const socket = createSocket('udp4');
  try {
    socket.send(encode({ type: 'query', id: 7, flags: 0x0100, ...query }), port, '127.0.0.1');
    const [response] = (await once(socket, 'message', { signal: AbortSignal.timeout(3000) })) as [Buffer];
    return decode(response);
  } finally {
    socket.close();
  }
}

test('runDns() answers a service by its cluster IPs', async () => {
  assert.deepEqual(await resolver.resolve4('web.shop.svc.cluster.local'), ['10.96.0.10']);
  assert.deepEqual(await resolver.resolve6('web.shop.svc.cluster.local'), ['fd00::a']);
  assert.deepEqual(await resolver.resolve4('WEB.Shop.svc.CLUSTER.local'), ['10.96.0.10']);
});

test('runDns() answers a headless service by its ready endpoints, and each by its host name', async () => {
  const all = await resolver.resolve4('db.shop.svc.cluster.local');
  assert.deepEqual(all.toSorted(), ['10.244.0.2', '10.244.0.3', '10.244.0.5']);
  assert.deepEqual(await resolver.resolve4('db-1.db.shop.svc.cluster.local'), ['10.244.0.3']);
  assert.deepEqual(await resolver.resolve4('10-244-0-5.db.shop.svc.cluster.local'), ['10.244.0.5']);
  await assert.rejects(resolver.resolve4('db-2.db.shop.svc.cluster.local'), { code: 'ENOTFOUND' });
});

test('runDns() answers SRV for named ports', async () => {
  assert.deepEqual(await resolver.resolveSrv('_http._tcp.web.shop.svc.cluster.local'), [
    { type: 'SRV', priority: 0, weight: 100, port: 80, name: 'web.shop.svc.cluster.local' },
  ]);
  const headless = await resolver.resolveSrv('_http._tcp.db.shop.svc.cluster.local');
  assert.deepEqual(headless.map((record) => record.name).toSorted(), [
    '10-244-0-5.db.shop.svc.cluster.local',
    'db-0.db.shop.svc.cluster.local',
    'db-1.db.shop.svc.cluster.local',
  ]);
  await assert.rejects(resolver.resolveSrv('_http._udp.web.shop.svc.cluster.local'), { code: 'ENOTFOUND' });
});

test('runDns() answers PTR for services and for endpoints of headless ones', async () => {
  assert.deepEqual(await resolver.reverse('10.96.0.10'), ['web.shop.svc.cluster.local']);
  assert.deepEqual(await resolver.reverse('fd00::a'), ['web.shop.svc.cluster.local']);
  assert.deepEqual(await resolver.reverse('10.244.0.2'), ['db-0.db.shop.svc.cluster.local']);
});

test('runDns() answers pods by the address in their name', async () => {
  assert.deepEqual(await resolver.resolve4('10-244-0-9.shop.pod.cluster.local'), ['10.244.0.9']);
  await assert.rejects(resolver.resolve4('nonsense.shop.pod.cluster.local'), { code: 'ENOTFOUND' });
});

test('runDns() follows an external name, inside and outside of the cluster', async () => {
  assert.deepEqual(await resolver.resolve4('alias.shop.svc.cluster.local'), ['192.0.2.80']);
  assert.deepEqual(await resolver.resolve4('inner.shop.svc.cluster.local'), ['10.96.0.10']);
  assert.deepEqual(await resolver.resolveCname('alias.shop.svc.cluster.local'), ['www.example.com']);
});

test('runDns() tells a missing name from a name without such records', async () => {
  const missing = await ask({ questions: [{ type: 'A', name: 'nope.shop.svc.cluster.local' }] });
  assert.equal(missing.rcode, 'NXDOMAIN');
  assert.equal(missing.authorities?.[0]?.type, 'SOA');
  for (const name of ['web.shop.svc.cluster.local', 'shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local']) {
    const nothing = await ask({ questions: [{ type: 'MX', name }] });
    assert.deepEqual(
      [nothing.rcode, nothing.answers?.length, nothing.authorities?.[0]?.type],
      ['NOERROR', 0, 'SOA'],
      name,
    );
  }
});

test('runDns() cuts what does not fit a datagram, and answers it whole over TCP', async () => {
  const name = 'big.shop.svc.cluster.local';
  const cut = await ask({ questions: [{ type: 'A', name }] });
  assert.deepEqual([cut.flag_tc, cut.answers?.length], [true, 0]);
  assert.equal((await resolver.resolve4(name)).length, 200);
});

test('runDns() answers EDNS in kind', async () => {
  const opt = {
    type: 'OPT',
    name: '.',
    udpPayloadSize: 4096,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  } as const;
  const response = await ask({
    questions: [{ type: 'A', name: 'web.shop.svc.cluster.local' }],
    additionals: [{ ...opt, options: [] }],
  });
  assert.equal(response.additionals?.[0]?.type, 'OPT');
  assert.equal(response.answers?.length, 1);
});

test('runDns() forwards other names and remembers the answers', async () => {
  const before = upstreamQueries;
  for (let i = 0; i < 3; i++) assert.deepEqual(await resolver.resolve4('WWW.example.com'), ['192.0.2.80']);
  assert(upstreamQueries - before <= 1, `${upstreamQueries - before} queries went upstream`);
  await assert.rejects(resolver.resolve4('nope.example.com'), { code: 'ENOTFOUND' });
});

test('runDns() refuses a query of its own that comes back', async () => {
  const stop = new AbortController();
  const listening = Promise.withResolvers<number>();
  const relay = await listen(['127.0.0.1'], 0, async (query) => {
    const socket = createSocket('udp4');
    socket.send(query, await listening.promise, '127.0.0.1');
    const [response] = (await once(socket, 'message')) as [Buffer];
    socket.close();
    return response;
  });
  const looping = runDns(stop.signal, context, {
    addresses: ['127.0.0.1'],
    port: 0,
    upstreams: [{ address: '127.0.0.1', port: relay.port }],
    onListening: listening.resolve,
  });
  const other = new Resolver({ timeout: 2000, tries: 1 });
  other.setServers([`127.0.0.1:${await listening.promise}`]);
  await assert.rejects(other.resolve4('www.example.com'), { code: 'EREFUSED' });
  stop.abort();
  await looping;
  await relay.close();
});

test('runDns() answers broken queries with an error and stays up', async () => {
  const socket = createSocket('udp4');
  const broken = Buffer.from('000701000001000000000000ff', 'hex');
  for (const bytes of [Buffer.alloc(3), broken]) socket.send(bytes, port, '127.0.0.1');
  const [response] = (await once(socket, 'message', { signal: AbortSignal.timeout(3000) })) as [Buffer];
  socket.close();
  assert.equal(response.readUInt16BE(2) & 0xf, 1);
  assert.deepEqual(await resolver.resolve4('web.shop.svc.cluster.local'), ['10.96.0.10']);
});
