/** Probes over the network against real servers on loopback. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { Container, Pod } from '../../api/groups/core.v1.ts';
import { probeByGrpc } from './grpc-probe.ts';
import { probeByHttp } from './http-probe.ts';
import type { ProbeTarget } from './probe-target.ts';
import { probeByTcp } from './tcp-probe.ts';

const container: Container = { name: 'main', resources: {} };
const metadata = { name: 'p', namespace: 'n', uid: 'u', resourceVersion: '1', creationTimestamp: '' };
const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container] }, status: {} };
const target: ProbeTarget = { pod, container, containerId: 'c', startedAtMs: 0, podIp: '127.0.0.1', wasReady: false };

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('probeByHttp() succeeds from 200 to 399', async (t) => {
  const seen: string[] = [];
  const server = createHttpServer((req, res) => {
    seen.push(`${req.headers['user-agent']} ${req.headers['x-own'] ?? ''}`);
    if (req.url === '/slow') return;
    res.writeHead(Number(req.url?.slice(1)), { location: '/500' }).end();
  }).listen(0, '127.0.0.1');
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = (path: string, timeoutMs = 5000) =>
    probeByHttp({ path, port, httpHeaders: [{ name: 'X-Own', value: 'yes' }] }, target, timeoutMs);
  for (const code of ['200', '204', '302']) assert.deepEqual(await ask(code), { ok: true, output: '' }, code);
  for (const code of ['404', '500']) {
    assert.deepEqual(await ask(`/${code}`), { ok: false, output: `HTTP probe failed with statuscode: ${code}` });
  }
  const { ok, output } = await ask('/slow', 50);
  assert.equal(ok, false);
  assert.match(output, /^Get "http:\/\/127\.0\.0\.1:\d+\/slow": context deadline exceeded/);
  assert.equal(seen[0], 'kube-probe/1.36 yes');
});

test('probeByHttp() and probeByTcp() tell of a port where nobody listens', async () => {
  const port = await closedPort();
  const dialed = `dial tcp 127.0.0.1:${port}: connect: connection refused`;
  assert.deepEqual(await probeByTcp({ port }, target, 5000), { ok: false, output: dialed });
  const http = await probeByHttp({ port, path: '/x' }, target, 5000);
  assert.deepEqual(http, { ok: false, output: `Get "http://127.0.0.1:${port}/x": ${dialed}` });
});

test('probeByGrpc() succeeds for a service that is serving', async (t) => {
  const server = new Server();
  const codec = {
    requestSerialize: Buffer.from,
    requestDeserialize: (bytes: Buffer) => ({ service: bytes.subarray(2).toString() }),
  };
  const check = {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    ...codec,
    responseSerialize: (code: number) => Buffer.from([8, code]),
    responseDeserialize: (bytes: Buffer) => bytes[1] ?? 0,
  } as const;
  server.addService(
    { Check: check },
    {
      Check(call: { request: { readonly service: string } }, answer: (error: object | null, code?: number) => void) {
        if (call.request.service === 'unknown') answer({ code: status.NOT_FOUND, details: 'no such service' });
        else answer(null, call.request.service === 'ill' ? 2 : 1);
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  t.after(() => server.forceShutdown());
  const ask = (service: string) => probeByGrpc({ port, service }, target, 5000);
  assert.deepEqual(await ask(''), { ok: true, output: '' });
  assert.deepEqual(await ask('ill'), { ok: false, output: 'service unhealthy (responded with "NOT_SERVING")' });
  assert.match((await ask('unknown')).output, /^error: health rpc failed: .*no such service/);
});
