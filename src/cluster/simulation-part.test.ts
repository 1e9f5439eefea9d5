/** Simulated nodes on a real API server of this process: what users see of them through the API and through their kubelets' server. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { text } from 'node:stream/consumers';
import { Leases, Namespaces, Nodes, Pods, ServiceAccounts } from '../api/resources.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import type { Client } from '../client/client.ts';
import type { Figures } from '../simulation/figures.ts';
import { usualScenario } from '../simulation/scenario.ts';
import { eventually } from '../../test/eventually.ts';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { openDataDirectory } from './data-directory.ts';
import { admin } from './identities.ts';
import { createInProcessClient } from './in-process-client.ts';
import { simulationPart } from './simulation-part.ts';
import { placesFor } from './simulation-places.ts';

const namespace = 'default';
const end = new AbortController();
let directory: string;
let controlPlane: ControlPlane;
let client: Client;
let figures: Figures;
let running: Promise<void>;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-simulation-'));
  controlPlane = await startControlPlane(
    {
      directory: await openDataDirectory(directory),
      bindAddress: '127.0.0.1',
      port: 0,
      portFlag: '',
      serviceRange: '10.96.0.0/16',
      nodes: [],
      log: silentLog,
    },
    { step: (_, action) => action(() => undefined), note: () => undefined },
  );
  const { apiServer, certificates, url } = controlPlane;
  client = createInProcessClient({ apiServer, user: admin, userAgent: 'test' });
  for (const name of [namespace, 'kube-node-lease']) await eventually(() => client.get(Namespaces, { name }));
  await client.create(ServiceAccounts, { metadata: { namespace, name: 'default' } });
  const part = simulationPart(
    { client, clock: systemClock, random: systemRandom, log: silentLog },
    {
      scenario: usualScenario(5),
      authority: certificates.authority,
      places: await placesFor(url, undefined),
      started: (counted) => {
        figures = counted;
      },
    },
  );
  running = part.run(end.signal);
});

after(async () => {
  end.abort();
  await running;
  await controlPlane.close();
  controlPlane.directory.release();
  await rm(directory, { recursive: true, force: true });
});

const container = { name: 'main', image: 'nginx', resources: { requests: { cpu: '1', memory: '1Gi' } } };

const createPod = (name: string, spec: object = {}, metadata: object = {}) =>
  client.create(Pods, {
    metadata: { namespace, name, ...metadata },
    spec: { nodeName: 'sim-1', containers: [container], ...spec },
  });

const untilPhase = (name: string, phase: string) =>
  eventually(
    async () => {
      const { status } = await client.get(Pods, { namespace, name });
      assert.equal(status.phase, phase);
      return status;
    },
    { everyMs: 20 },
  );

const untilGone = (name: string) =>
  eventually(async () => assert.equal(await client.find(Pods, { namespace, name }), undefined), { everyMs: 20 });

test('runSimulation() registers ready nodes with leases that belong to them', async () => {
  await eventually(() => assert.notEqual(figures.allReadyMs, undefined), { everyMs: 20 });
  const { items } = await client.list(Nodes);
  assert.deepEqual(
    items.map(({ metadata }) => metadata.name),
    ['sim-0', 'sim-1', 'sim-2', 'sim-3', 'sim-4'],
  );
  const lease = await eventually(() => client.get(Leases, { namespace: 'kube-node-lease', name: 'sim-3' }));
  assert.equal(lease.spec.holderIdentity, 'sim-3');
  assert.equal(lease.metadata.ownerReferences?.[0]?.uid, items[3]?.metadata.uid);
});

test('runSimulation() runs pods and lets them go when they are deleted', async () => {
  await createPod('web');
  const { podIP, containerStatuses, hostIP } = await untilPhase('web', 'Running');
  assert.match(podIP ?? '', /^100\.64\.0\./);
  assert.notEqual(hostIP, undefined);
  assert.equal(containerStatuses?.[0]?.ready, true);
  await client.delete(Pods, { namespace, name: 'web' });
  await untilGone('web');
});

test('runSimulation() tells how a pod ended to those who hold it back', async () => {
  await createPod('held', {}, { finalizers: ['example.com/hold'] });
  await untilPhase('held', 'Running');
  await client.delete(Pods, { namespace, name: 'held' });
  await untilPhase('held', 'Succeeded');
  await client.patch(Pods, { namespace, name: 'held' }, { type: 'merge', value: { metadata: { finalizers: null } } });
  await untilGone('held');
});

test('runSimulation() answers logs through the API server, and statistics at the address of the node', async () => {
  await createPod('shown');
  await untilPhase('shown', 'Running');
  const logs = await client.request({ method: 'GET', path: `/api/v1/namespaces/${namespace}/pods/shown/log` });
  assert.equal(Buffer.from(logs.body).toString(), 'started\n');
  const summary = JSON.parse(await askNode('sim-1', '/stats/summary')) as {
    readonly node: { readonly nodeName: string };
    readonly pods: readonly { readonly podRef: { readonly name: string }; readonly memory: { usageBytes: number } }[];
  };
  assert.equal(summary.node.nodeName, 'sim-1');
  const found = summary.pods.find(({ podRef }) => podRef.name === 'shown');
  assert.ok(found !== undefined && found.memory.usageBytes > 5e8 && found.memory.usageBytes < 8e8);
  assert.match(
    await askNode('sim-1', '/metrics/resource'),
    /pod_cpu_usage_seconds_total\{namespace="default",pod="shown"\}/,
  );
  assert.doesNotMatch(await askNode('sim-2', '/metrics/resource'), /shown/);
});

test('runSimulation() forgets a node that somebody deletes', async () => {
  await client.delete(Nodes, { name: 'sim-4' });
  await eventually(() => assert.equal(figures.snapshot.nodesReady, 4), { everyMs: 20 });
  assert.equal(await client.find(Nodes, { name: 'sim-4' }), undefined);
});

/** As the API server asks a kubelet, with its certificate, trusting only the cluster's authority. */
async function askNode(name: string, path: string): Promise<string> {
  const node = await client.get(Nodes, { name });
  const { apiserverKubeletClient, authority } = controlPlane.certificates;
  const sent = request({
    host: node.status.addresses?.[0]?.address,
    port: node.status.daemonEndpoints.kubeletEndpoint?.Port,
    path,
    servername: name,
    cert: apiserverKubeletClient.certificate,
    key: apiserverKubeletClient.key,
    ca: authority.certificate,
    agent: false,
  });
  const answered = new Promise<string>((resolve, reject) => {
    sent.on('response', (response) => resolve(text(response)));
    sent.on('error', reject);
  });
  sent.end();
  return await answered;
}
