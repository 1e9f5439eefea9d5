/** The external provider against the example in examples/cloud-provider, run as users run it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { seededRandom } from '../../../base/random.ts';
import type { CloudProvider } from '../../provider.ts';
import { cloudNode, cloudService } from '../../testing/objects.ts';
import { ProviderConfig } from '../provider-config.ts';
import { readExternalProvider } from './read.ts';

const { signal } = new AbortController();
const example = join(import.meta.dirname, '../../../../examples/cloud-provider');

async function open(settings: string): Promise<CloudProvider> {
  const make = await readExternalProvider(await ProviderConfig.read(settings));
  return await make({ clock: systemClock, random: seededRandom(1), log: silentLog, services: () => [], signal });
}

test('the example provider serves machines and addresses of its inventory', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-provider-'));
  const [socket, inventory] = [join(folder, 'socket'), join(folder, 'inventory.json')];
  await writeFile(inventory, await readFile(join(example, 'inventory.json')));
  const child = spawn(process.execPath, [join(example, 'provider.ts'), socket, inventory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });
  await once(child.stdout, 'data');
  const { name, instances, routes, loadBalancers } = await open(`url: unix://${socket}`);
  assert.deepEqual([name, routes], ['inventory', undefined]);
  assert.ok(instances !== undefined && loadBalancers !== undefined);
  assert.deepEqual(await instances.find(cloudNode('node-2'), signal), {
    providerId: 'inventory://cellar/node-2',
    instanceType: 'thick',
    zone: 'r2',
    region: 'cellar',
    addresses: [{ type: 'InternalIP', address: '192.168.7.12' }],
    isShutdown: false,
  });
  assert.equal(await instances.find(cloudNode('elsewhere'), signal), undefined);
  const service = cloudService('web');
  assert.equal(await loadBalancers.find(service, signal), undefined);
  const status = await loadBalancers.ensure(service, [cloudNode('node-1')], signal);
  assert.deepEqual(status, { ingress: [{ ip: '192.168.7.200' }] });
  await loadBalancers.updateNodes(service, [], signal);
  await loadBalancers.ensure(cloudService('other'), [], signal);
  await assert.rejects(loadBalancers.ensure(cloudService('third'), [], signal), {
    message: 'all addresses of the inventory are taken',
  });
  await loadBalancers.remove(service, signal);
  assert.equal(await loadBalancers.find(service, signal), undefined);
});

/** Answers every path with what the test says; the endpoint is answered. */
async function startFake(
  t: TestContext,
  answer: (path: string, body: string) => readonly [number, string],
): Promise<string> {
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (request.headers.authorization !== undefined) body += request.headers.authorization;
    const [status, text] = answer(request.url ?? '', body);
    response.writeHead(status).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`;
}

test('answers that are wrong are errors, and never the loss of a machine', async (t) => {
  let text = '';
  const asked: string[] = [];
  const url = await startFake(t, (path, body) => {
    asked.push(`${path} ${body}`);
    return path === '/base/v1/capabilities'
      ? [200, '{"instances":true,"routes":true,"loadBalancers":true}']
      : [200, text];
  });
  const { instances, routes, loadBalancers } = await open(`url: ${url}`);
  for (text of [
    '',
    '{}',
    'no JSON',
    '{"instance":{}}',
    '{"instance":[]}',
    '{"instance":{"providerId":"x","zone":1}}',
  ]) {
    await assert.rejects(
      Promise.resolve(instances?.find(cloudNode('a'), signal)),
      /answer of the provider is wrong/,
      text,
    );
  }
  text = '{"instance":null}';
  assert.equal(await instances?.find(cloudNode('a'), signal), undefined);
  for (text of ['{}', '{"status":{"ingress":[{}]}}', '{"status":{"ingress":{}}}']) {
    await assert.rejects(
      Promise.resolve(loadBalancers?.ensure(cloudService('a'), [], signal)),
      /answer of the provider is wrong/,
      text,
    );
  }
  text = '{"routes":[{"destination":"10.244.0.0/24","nodeName":"a"},{"destination":"10.244.1.0/24"}]}';
  assert.deepEqual(
    (await routes?.list([], signal))?.map(({ nodeName }) => nodeName),
    ['a', undefined],
  );
  await routes?.create(cloudNode('a'), '10.244.3.0/24', signal);
  assert.match(asked.at(-1) ?? '', /^\/base\/v1\/routes\/create \{"node":\{.*"destination":"10\.244\.3\.0\/24"\}$/);
});

test('a provider that refuses is quoted, and one that is not there is said to be so', async (t) => {
  const url = await startFake(t, (path) =>
    path.endsWith('capabilities') ? [200, '{"loadBalancers":true}'] : [507, '{"message":"the switch is on fire"}'],
  );
  const { instances, loadBalancers } = await open(`url: ${url}`);
  assert.equal(instances, undefined);
  await assert.rejects(Promise.resolve(loadBalancers?.remove(cloudService('a'), signal)), {
    message: 'the switch is on fire',
  });
  await assert.rejects(open('url: unix:///nowhere/provider.sock'), { message: 'the provider does not answer' });
});

test('the token of a file is sent, in its present state', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-token-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'token');
  await writeFile(file, 'one\n');
  const asked: string[] = [];
  const url = await startFake(t, (_, body) => {
    asked.push(body);
    return [200, '{"loadBalancers":true,"status":null}'];
  });
  const { loadBalancers } = await open(`url: ${url}\ntokenFile: ${file}`);
  await writeFile(file, 'two\n');
  await loadBalancers?.find(cloudService('a'), signal);
  assert.match(asked[0] ?? '', /Bearer one$/);
  assert.match(asked[1] ?? '', /Bearer two$/);
});
