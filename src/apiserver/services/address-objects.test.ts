import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../api/schema.ts';
import { virtualClock } from '../../base/clock.ts';
import { at, startTestServer, type TestServer } from '../testing/test-server.ts';

const services = '/api/v1/namespaces/default/services';
const addresses = '/apis/networking.k8s.io/v1/ipaddresses';
const ranges = '/apis/networking.k8s.io/v1/servicecidrs';

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, what);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function create(server: TestServer, name: string, spec: JsonObject = {}): Promise<string> {
  const body = { metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } };
  return at(await server.ok('POST', services, body), 'spec.clusterIP') as string;
}

const statusOf = async (server: TestServer, ip: string): Promise<number> =>
  (await server.call('GET', `${addresses}/${ip}`)).status;

test('an address of a Service is an IPAddress as long as the Service has it', async () => {
  const server = await startTestServer();
  try {
    const imagined = await server.ok('POST', `${services}?dryRun=All`, {
      metadata: { name: 'none' },
      spec: { ports: [{ port: 80 }] },
    });
    assert.equal(at(imagined, 'spec.clusterIP'), '10.96.0.0', 'nobody looks for a free address on a dry run');
    const ip = await create(server, 'one');
    const address = await server.ok('GET', `${addresses}/${ip}`);
    assert.deepEqual(at(address, 'spec'), { parentRef: { resource: 'services', namespace: 'default', name: 'one' } });
    assert.deepEqual(at(address, 'metadata.labels'), {
      'ipaddress.kubernetes.io/ip-family': 'IPv4',
      'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
    });
    const external = { spec: { type: 'ExternalName', externalName: 'example.com', clusterIP: null, clusterIPs: null } };
    await server.ok('PATCH', `${services}/one`, external, 'application/merge-patch+json');
    assert.equal(await statusOf(server, ip), 404, 'a Service without an address');
    await create(server, 'two', { clusterIP: '10.96.0.77' });
    await server.ok('DELETE', `${services}/two`);
    assert.equal(await statusOf(server, '10.96.0.77'), 404, 'a Service that is gone');
    await create(server, 'none', { clusterIP: 'None' });
    const dry = { metadata: { name: 'dry' }, spec: { ports: [{ port: 80 }], clusterIP: '10.96.0.78' } };
    await server.ok('POST', `${services}?dryRun=All`, dry);
    assert.equal(await statusOf(server, '10.96.0.78'), 404);
  } finally {
    await server.close();
  }
});

test('an IPAddress that somebody made is given to no Service', async () => {
  const server = await startTestServer();
  try {
    const parentRef = { group: 'example.com', resource: 'gateways', name: 'g' };
    await server.ok('POST', addresses, { metadata: { name: '10.96.0.99' }, spec: { parentRef } });
    const body = { metadata: { name: 'a' }, spec: { ports: [{ port: 80 }], clusterIP: '10.96.0.99' } };
    const refused = await server.call('POST', services, { body });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /failed to allocate IP 10\.96\.0\.99: provided IP is already allocated/);
  } finally {
    await server.close();
  }
});

test('IPAddresses are made again, and go when nobody has them', async () => {
  const clock = virtualClock();
  const server = await startTestServer({ clock });
  try {
    const ip = await create(server, 'one');
    const labels = { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' };
    const parentRef = { resource: 'services', namespace: 'default', name: 'never' };
    await server.ok('POST', addresses, { metadata: { name: '10.96.9.9', labels }, spec: { parentRef } });
    clock.advance(61_000);
    await server.ok('DELETE', `${addresses}/${ip}`);
    clock.advance(11_000);
    await until(async () => (await statusOf(server, ip)) === 200, 'made again');
    await until(async () => (await statusOf(server, '10.96.9.9')) === 404, 'gone');
  } finally {
    await server.close();
  }
});

test('a ServiceCIDR adds its addresses unless it is not ready', async () => {
  const server = await startTestServer();
  const wanted = { metadata: { name: 'wanted' }, spec: { ports: [{ port: 80 }], clusterIP: '10.200.0.5' } };
  try {
    await server.ok('POST', ranges, { metadata: { name: 'more' }, spec: { cidrs: ['10.200.0.0/24', 'fd00:1::/112'] } });
    const since = { type: 'Ready', reason: '', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' };
    const say = async (status: string): Promise<unknown> => {
      const body = { status: { conditions: [{ ...since, status }] } };
      return server.ok('PATCH', `${ranges}/more/status`, body, 'application/merge-patch+json');
    };
    await say('False');
    assert.equal((await server.call('POST', services, { body: wanted })).status, 422, 'not ready');
    await say('True');
    await server.ok('POST', services, wanted);
    assert.equal(await statusOf(server, '10.200.0.5'), 200);
  } finally {
    await server.close();
  }
});

test('a refused write gives back what it was promised, and is told of that before anything else', async () => {
  const server = await startTestServer();
  const service = (name: string, spec: JsonObject): { body: JsonObject } => ({
    body: { metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } },
  });
  const wanted = { type: 'NodePort', clusterIP: '10.96.0.50', ports: [{ port: 80, nodePort: 30_080 }] };
  try {
    await create(server, 'one');
    assert.equal((await server.call('POST', services, service('one', wanted))).status, 409);
    assert.equal((await server.call('POST', services, service('two', wanted))).status, 201);
    const outside = { clusterIP: '10.97.0.1', sessionAffinity: 'Cookie' };
    const refused = await server.call('POST', services, service('Three', outside));
    assert.match(refused.text, /"Service \\"Three\\" is invalid: spec.clusterIPs: Invalid value: [^,]*current range"/);
  } finally {
    await server.close();
  }
});
