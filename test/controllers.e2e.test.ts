/** All controllers against a real API server, which runs as a process of its own; a stand-in for kubelets reports on pods. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import {
  ConfigMaps,
  DaemonSets,
  Deployments,
  EndpointSlices,
  Jobs,
  Namespaces,
  Nodes,
  Pods,
  ReplicaSets,
  Secrets,
  ServiceAccounts,
  Services,
} from '../src/api/resources.ts';
import { formatTime } from '../src/api/time.ts';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import type { ComponentContext } from '../src/client/component.ts';
import { createAccountClients, type AccountClients } from '../src/cluster/account-client.ts';
import { createHttpClient, type HttpClient } from '../src/client/http-client.ts';
import { findClusterAccess } from '../src/client/kubeconfig.ts';
import { createInformers } from '../src/client/shared-informers.ts';
import { runController } from '../src/controllers/controller.ts';
import { runControllers } from '../src/controllers/run-controllers.ts';
import { readyPods } from '../src/controllers/testing/ready-pods.ts';
import { template } from '../src/controllers/testing/objects.ts';

const deadlineMs = 30_000;
const stop = new AbortController();
let client: HttpClient;
/** Each controller acts as its own account, so that a right it lacks is found here. */
let accounts: AccountClients;
let managerClient: HttpClient;
let ended: Promise<unknown> = Promise.resolve();
let release: () => Promise<void> = async () => undefined;

before(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-controllers-'));
  const main = join(import.meta.dirname, '../src/cli/main.ts');
  const flags = ['apiserver', '--data-dir', directory, '--secure-port', '0'];
  const server = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(server, 'exit');
  release = async () => {
    server.kill('SIGTERM');
    await exit;
    await rm(directory, { recursive: true });
  };
  await new Promise<void>((resolve) => {
    let output = '';
    server.stdout.on('data', (chunk) => {
      output += String(chunk);
      if (output.includes('ready in')) resolve();
    });
  });
  const path = join(directory, 'kubeconfig');
  const access = await findClusterAccess({ path, environment: {}, clock: systemClock });
  client = createHttpClient(access.client);
  const context: ComponentContext = { client, clock: systemClock, random: systemRandom, log: silentLog };
  const managerConfig = join(directory, 'kubeconfigs', 'controller-manager');
  const manager = await findClusterAccess({ path: managerConfig, environment: {}, clock: systemClock });
  managerClient = createHttpClient(manager.client);
  accounts = createAccountClients(managerClient, manager.client);
  const informers = createInformers({ ...context, signal: stop.signal });
  const kubelet = runController(stop.signal, { ...context, informers, recordEvent: () => undefined }, readyPods);
  ended = Promise.all([
    kubelet,
    informers.whenEnded(),
    runControllers(
      stop.signal,
      { ...context, client: managerClient },
      { rootCertificate: 'PEM', clientOf: accounts.of },
    ),
  ]);
});

after(async () => {
  try {
    stop.abort();
    await ended;
    client.close();
    managerClient.close();
    accounts.close();
  } finally {
    await release();
  }
});

/** Polls until the condition holds. */
async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const limit = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > limit) assert.fail(`Not within ${deadlineMs} ms: ${what}`);
    await wait(20);
  }
}

async function makeNamespace(name: string): Promise<void> {
  await client.create(Namespaces, { metadata: { name } });
  await until('the namespace has its certificate', async () => {
    return (await client.find(ConfigMaps, { namespace: name, name: 'kube-root-ca.crt' })) !== undefined;
  });
}

const selector = { matchLabels: { app: 'web' } };

test('a Deployment rolls out, rolls over and goes with all that it owns', async () => {
  await makeNamespace('rollout');
  const ref = { namespace: 'rollout', name: 'web' };
  await client.create(Deployments, { metadata: ref, spec: { replicas: 3, selector, template: template('v1') } });
  await client.create(Services, { metadata: ref, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } });
  const available = async (image: string) => {
    const { status, metadata } = await client.get(Deployments, ref);
    const { items } = await client.list(Pods, { namespace: ref.namespace });
    const done = status.availableReplicas === 3 && status.replicas === 3 && status.updatedReplicas === 3;
    return (
      done &&
      status.observedGeneration === metadata.generation &&
      items.every(({ spec }) => spec.containers[0]?.image === image)
    );
  };
  await until('the first rollout is done', () => available('v1'));
  const slices = (await client.list(EndpointSlices, { namespace: ref.namespace })).items;
  assert.equal(slices.length, 1);

  const current = await client.get(Deployments, ref);
  await client.update(Deployments, { ...current, spec: { ...current.spec, template: template('v2') } });
  await until('the second rollout is done', () => available('v2'));
  const revisions = (await client.list(ReplicaSets, { namespace: ref.namespace })).items.map(
    ({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision'],
  );
  assert.deepEqual(revisions.toSorted(), ['1', '2']);
  const before = await client.get(Deployments, ref);
  await wait(300);
  assert.equal((await client.get(Deployments, ref)).metadata.resourceVersion, before.metadata.resourceVersion);

  await client.delete(Deployments, ref, { propagationPolicy: 'Foreground' });
  await until('nothing is left', async () => {
    const lists = [Deployments, ReplicaSets, Pods].map((of) =>
      client.list<unknown, unknown>(of, { namespace: ref.namespace }),
    );
    return (await Promise.all(lists)).every(({ items }) => items.length === 0);
  });
});

test('a Job completes, and its pods go with it', async () => {
  await makeNamespace('work');
  const ref = { namespace: 'work', name: 'task' };
  const pods = { ...template('v1').spec, restartPolicy: 'Never' };
  await client.create(Jobs, { metadata: ref, spec: { completions: 3, parallelism: 2, template: { spec: pods } } });
  await until('the Job is complete', async () => {
    for (const pod of (await client.list(Pods, { namespace: ref.namespace })).items) {
      if (pod.status.phase !== 'Running') continue;
      await client.updateStatus(Pods, { ...pod, status: { phase: 'Succeeded' } }).catch(() => undefined);
    }
    const { status } = await client.get(Jobs, ref);
    return status.conditions?.some(({ type, status: value }) => type === 'Complete' && value === 'True') ?? false;
  });
  assert.equal((await client.get(Jobs, ref)).status.succeeded, 3);
  await client.delete(Jobs, ref, { propagationPolicy: 'Background' });
  await until(
    'its pods are gone',
    async () => (await client.list(Pods, { namespace: ref.namespace })).items.length === 0,
  );
});

test('a DaemonSet follows the nodes', async () => {
  await makeNamespace('agents');
  const ref = { namespace: 'agents', name: 'agent' };
  await client.create(DaemonSets, { metadata: ref, spec: { selector, template: template('v1') } });
  await client.create(Nodes, { metadata: { name: 'one' } });
  const now = formatTime(Date.now());
  const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: now, lastTransitionTime: now };
  const patch = { type: 'merge', value: { status: { conditions: [ready] } } } as const;
  await client.patch(Nodes, { name: 'one' }, patch, { subresource: 'status' });
  await until('it runs on the node', async () => (await client.get(DaemonSets, ref)).status.numberAvailable === 1);
  await client.delete(Nodes, { name: 'one' });
  await until('it wants no pod', async () => (await client.get(DaemonSets, ref)).status.desiredNumberScheduled === 0);
});

test('a namespace goes with all its content', async () => {
  await makeNamespace('passing');
  const ref = { namespace: 'passing', name: 'web' };
  await client.create(Deployments, { metadata: ref, spec: { replicas: 2, selector, template: template('v1') } });
  await until('pods are there', async () => (await client.list(Pods, { namespace: 'passing' })).items.length === 2);
  await client.delete(Namespaces, { name: 'passing' });
  await until('the namespace is gone', async () => (await client.find(Namespaces, { name: 'passing' })) === undefined);
  assert.equal((await client.list(Pods, { namespace: 'passing' })).items.length, 0);
});

test('a token Secret is filled for its account, and goes with it', async () => {
  await makeNamespace('tokens');
  const account = { namespace: 'tokens', name: 'builder' };
  const ref = { namespace: 'tokens', name: 'builder-token' };
  await client.create(ServiceAccounts, { metadata: account });
  const annotations = { 'kubernetes.io/service-account.name': 'builder' };
  await client.create(Secrets, { metadata: { ...ref, annotations }, type: 'kubernetes.io/service-account-token' });
  await until('it has a token', async () => (await client.get(Secrets, ref)).data?.['token'] !== undefined);
  await client.delete(ServiceAccounts, account);
  await until('it is gone', async () => (await client.find(Secrets, ref)) === undefined);
});
