import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createLog, silentLog } from '../base/log.ts';
import { HealthCheckServers, healthChecks } from './health-checks.ts';
import { testEndpoint, testService, testSlice } from './test-objects.ts';

const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 32_000 };

test('healthChecks() count the ready endpoints of a Service on this node', () => {
  const endpoints = [
    testEndpoint('10.244.0.2'),
    testEndpoint('10.244.0.3', { conditions: { ready: false, serving: true, terminating: true } }),
    testEndpoint('10.244.1.4', { nodeName: 'there' }),
  ];
  const slices = [testSlice('web', { endpoints }), testSlice('web', { endpoints }), testSlice('other', { endpoints })];
  const service = testService('web', spec);
  assert.deepEqual(healthChecks([service], slices, 'here'), [
    { namespace: 'default', name: 'web', port: 32_000, localEndpoints: 1 },
  ]);
  assert.equal(healthChecks([service], [], 'here')[0]?.localEndpoints, 0);
  assert.deepEqual(
    healthChecks([testService('web', { ...spec, externalTrafficPolicy: 'Cluster' })], slices, 'here'),
    [],
  );
});

async function takenPort(): Promise<{ readonly port: number; free(): Promise<void> }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const free = async (): Promise<void> => {
    server.close();
    await once(server, 'close');
  };
  return { port: (server.address() as AddressInfo).port, free };
}

test('HealthCheckServers answer for each Service as it is now, and no longer than it is', async (t) => {
  const { port, free } = await takenPort();
  await free();
  const servers = new HealthCheckServers(['127.0.0.1'], silentLog);
  t.after(() => servers.close());
  const check = { namespace: 'default', name: 'web', port, localEndpoints: 2 };
  const ask = () => fetch(`http://127.0.0.1:${port}/healthz`, { headers: { connection: 'close' } });
  await servers.apply([check]);
  const well = await ask();
  assert.deepEqual([well.status, well.headers.get('x-load-balancing-endpoint-weight')], [200, '2']);
  const body = { service: { namespace: 'default', name: 'web' }, localEndpoints: 2, serviceProxyHealthy: true };
  assert.deepEqual(await well.json(), body);
  await servers.apply([{ ...check, localEndpoints: 0 }]);
  assert.equal((await ask()).status, 503);
  await servers.apply([]);
  await assert.rejects(ask());
});

test('HealthCheckServers say that a port is taken, and try it again', async (t) => {
  const { port, free } = await takenPort();
  const lines: string[] = [];
  const log = createLog({ component: 'proxy', level: 'warn', now: () => 0, write: (line) => void lines.push(line) });
  const servers = new HealthCheckServers(['127.0.0.1'], log);
  t.after(() => servers.close());
  const check = { namespace: 'default', name: 'web', port, localEndpoints: 1 };
  await servers.apply([check]);
  assert.match(lines.join(''), /health check port is taken.*EADDRINUSE/);
  await free();
  await servers.apply([check]);
  assert.equal((await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).status, 200);
});
