/**
 * The proxy in a network of its own: a node, two pods on its bridge and a client outside, each a network namespace.
 * Needs root, ip and nft.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { EndpointSlices, Services } from '../api/resources.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { MemoryClient } from '../client/memory-client.ts';
import { MemoryServer } from '../client/memory-server.ts';
import { runProxy } from './proxy.ts';
import { testEndpoint, testService, testSlice } from './test-objects.ts';

const id = `sw${process.pid}`;
const namespaces = { node: `${id}node`, pod1: `${id}pod1`, pod2: `${id}pod2`, outside: `${id}out` };
type Place = keyof typeof namespaces;

const server = new MemoryServer(systemClock);
const client = new MemoryClient(server);
const children: ChildProcess[] = [];
const stopping = new AbortController();
let running: Promise<void> = Promise.resolve();

/** Answers each TCP connection and each datagram with its name and the address it sees. */
const echo = `
  const name = process.argv[1];
  require('node:net').createServer((socket) => socket.end(name + ' ' + socket.remoteAddress)).listen(8080, '0.0.0.0', () => {
    const udp = require('node:dgram').createSocket('udp4');
    udp.on('message', (_, from) => udp.send(name + ' ' + from.address, from.port, from.address));
    udp.bind(8080, () => process.stdout.write('ready'));
  });`;
const askTcp = `
  const [ip, port, timeout = 700] = process.argv.slice(1);
  const socket = require('node:net').connect({ host: ip, port: Number(port), timeout: Number(timeout) });
  socket.on('data', (data) => process.stdout.write(data)).on('error', (error) => process.stdout.write(error.code));
  socket.on('timeout', () => { process.stdout.write('timeout'); socket.destroy(); });`;
const askUdp = `
  const [ip, port] = process.argv.slice(1);
  const socket = require('node:dgram').createSocket('udp4');
  socket.on('message', (data) => { process.stdout.write(data); process.exit(); });
  socket.on('error', (error) => { process.stdout.write(error.code); process.exit(); });
  socket.connect(Number(port), ip, () => socket.send('?'));
  setTimeout(() => { process.stdout.write('timeout'); process.exit(); }, 700);`;

function ip(...parameters: readonly string[]): void {
  execFileSync('ip', parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function within(place: Place, ...command: readonly string[]): string {
  return execFileSync('ip', ['netns', 'exec', namespaces[place], ...command], { encoding: 'utf8' });
}

function tcp(place: Place, address: string, port: number): string {
  return within(place, process.execPath, '-e', askTcp, address, String(port));
}

function udp(place: Place, address: string, port: number): string {
  return within(place, process.execPath, '-e', askUdp, address, String(port));
}

/** The answer, once it is what is expected; rules follow changes within moments. */
async function eventually(ask: () => string, expected: RegExp): Promise<string> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const answer = ask();
    if (expected.test(answer)) return answer;
    assert(Date.now() < deadline, `Still "${answer}" instead of ${expected}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

before(async () => {
  for (const name of Object.values(namespaces)) {
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
  }
  const { node, outside } = namespaces;
  ip('-n', node, 'link', 'add', 'br0', 'type', 'bridge');
  ip('-n', node, 'addr', 'add', '10.244.0.1/24', 'dev', 'br0');
  ip('-n', node, 'link', 'set', 'br0', 'up');
  for (const [at, pod] of (['pod1', 'pod2'] as const).entries()) {
    const name = namespaces[pod];
    ip('-n', node, 'link', 'add', `to${pod}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    ip('-n', node, 'link', 'set', `to${pod}`, 'master', 'br0', 'up');
    // A pod that reaches itself through a service needs its port to send packets back where they came from.
    ip('-n', node, 'link', 'set', `to${pod}`, 'type', 'bridge_slave', 'hairpin', 'on');
    ip('-n', name, 'addr', 'add', `10.244.0.${at + 2}/24`, 'dev', 'eth0');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
    ip('-n', name, 'route', 'add', 'default', 'via', '10.244.0.1');
  }
  ip('-n', node, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', outside);
  ip('-n', node, 'addr', 'add', '192.0.2.1/24', 'dev', 'eth0');
  ip('-n', node, 'link', 'set', 'eth0', 'up');
  ip('-n', node, 'route', 'add', 'default', 'via', '192.0.2.2');
  ip('-n', outside, 'addr', 'add', '192.0.2.2/24', 'dev', 'eth0');
  ip('-n', outside, 'link', 'set', 'eth0', 'up');
  ip('-n', outside, 'route', 'add', '10.0.0.0/8', 'via', '192.0.2.1');
  within('node', 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
  for (const pod of ['pod1', 'pod2'] as const) {
    const child = spawn('ip', ['netns', 'exec', namespaces[pod], process.execPath, '-e', echo, pod], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await once(child.stdout, 'data');
  }
  const context = { client, clock: systemClock, random: systemRandom, log: silentLog };
  running = runProxy(stopping.signal, context, {
    nodeName: 'here',
    nodeIps: ['192.0.2.1'],
    clusterCidr: '10.244.0.0/16',
    tableName: `slipway-${id}`,
    prefix: ['ip', 'netns', 'exec', namespaces.node],
  });
});

after(async () => {
  stopping.abort();
  await running;
  for (const child of children) child.kill('SIGKILL');
  for (const name of Object.values(namespaces)) ip('netns', 'delete', name);
});

const ports = [
  { name: 'tcp', port: 80, protocol: 'TCP', nodePort: 30080, targetPort: 8080 },
  { name: 'udp', port: 80, protocol: 'UDP', nodePort: 30080, targetPort: 8080 },
];
const slicePorts = [
  { name: 'tcp', port: 8080, protocol: 'TCP' },
  { name: 'udp', port: 8080, protocol: 'UDP' },
];
const pod1 = testEndpoint('10.244.0.2');
const pod2 = testEndpoint('10.244.0.3');

test('runProxy() serves a cluster IP and a node port, for pods, the node and outside clients', async () => {
  server.create(Services, { ...testService('web', { type: 'NodePort', clusterIP: '10.96.0.10', ports }) });
  server.create(EndpointSlices, { ...testSlice('web', { endpoints: [pod1, pod2], ports: slicePorts }) });
  await eventually(() => tcp('pod1', '10.96.0.10', 80), /^pod/);
  const seen = new Set(Array.from({ length: 12 }, () => tcp('pod1', '10.96.0.10', 80).split(' ')[0]));
  assert.deepEqual([...seen].toSorted(), ['pod1', 'pod2']);
  assert.match(tcp('node', '10.96.0.10', 80), /^pod\d /);
  assert.match(tcp('outside', '192.0.2.1', 30080), /^pod\d 10\.244\.0\.1$/);
  assert.match(udp('pod1', '10.96.0.10', 80), /^pod\d /);
  assert.match(udp('outside', '192.0.2.1', 30080), /^pod\d 10\.244\.0\.1$/);
});

test('runProxy() refuses other ports of a cluster IP', () => {
  assert.equal(tcp('pod1', '10.96.0.10', 81), 'ECONNREFUSED');
  assert.equal(tcp('node', '10.96.0.10', 81), 'ECONNREFUSED');
});

test('runProxy() follows endpoints, and lets a pod reach itself', async () => {
  const slice = server.get(EndpointSlices, { namespace: 'default', name: 'web-abcde' });
  server.update(EndpointSlices, { ...slice, endpoints: [pod1] });
  await eventually(
    () => Array.from({ length: 12 }, () => tcp('pod2', '10.96.0.10', 80)).join(),
    /^(pod1 10.244.0.3,?){12}$/,
  );
  assert.equal(tcp('pod1', '10.96.0.10', 80), 'pod1 10.244.0.1');
});

test('runProxy() leads a connection on whose first packet met a pod that was just gone', async () => {
  const lead = (endpoint: typeof pod1): void => {
    const slice = server.get(EndpointSlices, { namespace: 'default', name: 'web-abcde' });
    server.update(EndpointSlices, { ...slice, endpoints: [endpoint] });
  };
  const { node, pod2: caller } = namespaces;
  // The machine still knows where it was, and sends there.
  ip('-n', node, 'neigh', 'add', '10.244.0.9', 'lladdr', '02:00:00:00:00:09', 'dev', 'br0', 'nud', 'permanent');
  lead(testEndpoint('10.244.0.9'));
  await eventually(() => tcp('pod2', '10.96.0.10', 80), /^timeout$/);
  const parameters = ['netns', 'exec', caller, process.execPath, '-e', askTcp, '10.96.0.10', '80', '20000'];
  const waiting = spawn('ip', parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
  const answer = once(waiting.stdout, 'data');
  const unanswered = (): string => within('node', 'conntrack', '-L', '-p', 'tcp', '--state', 'SYN_SENT');
  await eventually(unanswered, /dport=80 \[UNREPLIED\] src=10\.244\.0\.9/);
  lead(pod1);
  assert.equal(String((await answer)[0]), 'pod1 10.244.0.3');
  ip('-n', node, 'neigh', 'delete', '10.244.0.9', 'dev', 'br0');
});

test('runProxy() refuses connections when no endpoint is left', async () => {
  const slice = server.get(EndpointSlices, { namespace: 'default', name: 'web-abcde' });
  server.update(EndpointSlices, { ...slice, endpoints: [] });
  await eventually(() => tcp('pod2', '10.96.0.10', 80), /^ECONNREFUSED$/);
  assert.equal(tcp('node', '10.96.0.10', 80), 'ECONNREFUSED');
  assert.equal(tcp('outside', '192.0.2.1', 30080), 'ECONNREFUSED');
});

test('runProxy() keeps a client with one target, and its address where the policy is Local', async () => {
  const spec = {
    type: 'NodePort',
    clusterIP: '10.96.0.11',
    sessionAffinity: 'ClientIP',
    externalTrafficPolicy: 'Local',
    ports: [{ name: 'tcp', port: 80, protocol: 'TCP', nodePort: 30081, targetPort: 8080 }],
  };
  server.create(Services, { ...testService('sticky', spec) });
  server.create(EndpointSlices, { ...testSlice('sticky', { endpoints: [pod1, pod2], ports: slicePorts }) });
  const first = await eventually(() => tcp('outside', '192.0.2.1', 30081), /^pod\d 192\.0\.2\.2$/);
  for (let i = 0; i < 6; i++) assert.equal(tcp('outside', '192.0.2.1', 30081), first);
});

test('runProxy() serves the address of a load balancer, to nobody but the ranges that may use it', async () => {
  const spec = {
    type: 'LoadBalancer',
    clusterIP: '10.96.0.12',
    ports: [{ name: 'tcp', port: 80, protocol: 'TCP', nodePort: 30082, targetPort: 8080 }],
  };
  const status = { loadBalancer: { ingress: [{ ip: '10.112.0.1', ipMode: 'VIP' }] } };
  server.create(EndpointSlices, { ...testSlice('balanced', { endpoints: [pod1], ports: slicePorts }) });
  const created = server.create(Services, { ...testService('balanced', spec), status });
  await eventually(() => tcp('outside', '10.112.0.1', 80), /^pod1 10\.244\.0\.1$/);
  assert.match(tcp('pod2', '10.112.0.1', 80), /^pod1 /);
  assert.match(tcp('node', '10.112.0.1', 80), /^pod1 /);
  const guarded = { ...spec, loadBalancerSourceRanges: ['192.0.2.1/32', '198.51.100.0/24'] };
  const closed = server.update(Services, { ...created, spec: guarded });
  await eventually(() => tcp('outside', '10.112.0.1', 80), /^timeout$/);
  assert.equal(tcp('pod2', '10.112.0.1', 80), 'timeout');
  assert.match(tcp('node', '10.112.0.1', 80), /^pod1 /);
  assert.match(tcp('outside', '192.0.2.1', 30082), /^pod1 /);
  server.update(Services, { ...closed, spec: { ...spec, loadBalancerSourceRanges: ['192.0.2.2/32'] } });
  await eventually(() => tcp('outside', '10.112.0.1', 80), /^pod1 /);
  assert.equal(tcp('node', '10.112.0.1', 80), 'timeout');
  server.delete(Services, { namespace: 'default', name: 'balanced' });
  await eventually(() => tcp('outside', '10.112.0.1', 80), /^(timeout|E[A-Z]+)$/);
});

test('runProxy() takes its table away when it ends, and no other', async () => {
  within('node', 'nft', 'add', 'table', 'ip', 'somebody-else');
  stopping.abort();
  await running;
  assert.equal(within('node', 'nft', 'list', 'tables').trim(), 'table ip somebody-else');
});
