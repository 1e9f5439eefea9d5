/**
 * A node for tests of the kubelet: an API server of its own without controllers, a container runtime, and the objects that controllers would
 * have made for a namespace. All in this process but containerd.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pod } from '../src/api/groups/core.v1.ts';
import type { Input } from '../src/api/schema.ts';
import type { Pod as PodKind } from '../src/api/groups/core.v1.ts';
import { ConfigMaps, Namespaces, Pods, ServiceAccounts } from '../src/api/resources.ts';
import { clientTool } from '../src/cli/client-tools.ts';
import { systemClock } from '../src/base/clock.ts';
import { createLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import type { Client } from '../src/client/client.ts';
import type { ClusterCertificates } from '../src/cluster/certificates.ts';
import { startControlPlane } from '../src/cluster/control-plane.ts';
import { openDataDirectory } from '../src/cluster/data-directory.ts';
import { kubelet as kubeletUser, admin } from '../src/cluster/identities.ts';
import { createInProcessClient } from '../src/cluster/in-process-client.ts';
import { writeKubeconfig } from '../src/cluster/kubeconfig.ts';
import { runKubelet, type KubeletOptions } from '../src/kubelet/kubelet.ts';
import { clientTools, type ClientTools } from './client-tool.ts';
import { eventually } from './eventually.ts';

export type NewPod = Input<typeof PodKind>;

export interface TestNode extends ClientTools {
  readonly client: Client;
  readonly name: string;
  readonly directory: string;
  create(pod: NewPod): Promise<Pod>;
  get(name: string): Promise<Pod>;
  /** Asks until the pod is as wanted. */
  until(name: string, isSo: (pod: Pod) => boolean, withinMs?: number): Promise<Pod>;
  untilGone(name: string, withinMs?: number): Promise<void>;
  /** `reason: message` of the pod's events, in order. */
  events(name: string): Promise<readonly string[]>;
  readonly kubeconfig: string;
  readonly certificates: ClusterCertificates;
  /** What an HTTP server in the pod answers through `kubectl port-forward`. */
  forwarded(pod: string, port: number): Promise<string>;
  stopKubelet(): Promise<void>;
  startKubelet(): void;
  stop(): Promise<void>;
}

export interface TestNodeOptions extends Pick<KubeletOptions, 'runtime' | 'cgroupRoot' | 'simulated'> {
  readonly directory?: string;
}

export async function startTestNode(options: TestNodeOptions): Promise<TestNode> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'slipway-node-')));
  const log = createLog({
    component: 'test',
    level: process.env['TEST_LOG'] === undefined ? 'error' : 'debug',
    now: Date.now,
    write: (line) => process.stderr.write(line),
  });
  const name = 'node-1';
  const controlPlane = await startControlPlane(
    {
      directory: await openDataDirectory(join(directory, 'api')),
      bindAddress: '127.0.0.1',
      port: 0,
      portFlag: '',
      serviceRange: '10.96.0.0/16',
      nodes: [{ name, hosts: ['127.0.0.1'] }],
      log,
    },
    { step: (_, action) => action(() => undefined), note: () => undefined },
  );
  const { apiServer, certificates, directory: data } = controlPlane;
  const client = createInProcessClient({ apiServer, user: admin, userAgent: 'test' });
  const own = createInProcessClient({ apiServer, user: kubeletUser(name), userAgent: 'kubelet' });
  const context = { client: own, clock: systemClock, random: systemRandom, log };
  const serving = certificates.nodes.get(name);
  if (serving === undefined) throw new Error('no certificate for the node');
  await writeKubeconfig({
    path: data.kubeconfig,
    server: controlPlane.url,
    authority: certificates.authority.certificate,
    user: 'admin',
    client: certificates.clients.admin,
  });
  await prepareNamespace(client, 'default');
  const { runtime, cgroupRoot, simulated } = options;
  const kubeletOptions: KubeletOptions = {
    nodeName: name,
    nodeIps: ['127.0.0.1'],
    runtime,
    cgroupRoot,
    simulated,
    rootDirectory: join(directory, 'kubelet'),
    clusterDns: ['10.96.0.10'],
    credentials: { ...serving.server, clientCa: certificates.authority.certificate },
    bindAddress: '127.0.0.1',
    port: 0,
  };
  let kubeletEnd = new AbortController();
  let kubelet = runKubelet(kubeletEnd.signal, context, kubeletOptions);
  kubelet.catch((error: unknown) => process.stderr.write(`kubelet: ${String(error)}\n`));
  const get = (pod: string): Promise<Pod> => client.get(Pods, { namespace: 'default', name: pod });
  return {
    client,
    name,
    ...clientTools(data.kubeconfig),
    directory,
    get,
    create: (pod) =>
      client.create(Pods, { ...pod, spec: { ...pod.spec, containers: pod.spec?.containers ?? [], nodeName: name } }),
    until: (pod, isSo, withinMs = 30_000) =>
      eventually(
        async () => {
          const found = await get(pod);
          if (!isSo(found)) throw new Error(JSON.stringify(found.status));
          return found;
        },
        { withinMs, everyMs: 50 },
      ),
    untilGone: (pod, withinMs = 30_000) =>
      eventually(
        async () => {
          const found = await client.find(Pods, { namespace: 'default', name: pod });
          if (found !== undefined) throw new Error(`${pod} is still there`);
        },
        { withinMs, everyMs: 50 },
      ),
    async events(pod) {
      const path = `/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3D${pod}`;
      const { body } = await client.request({ method: 'GET', path });
      const list = JSON.parse(Buffer.from(body).toString()) as { items: { reason: string; message: string }[] };
      return list.items.map(({ reason, message }) => `${reason}: ${message}`);
    },
    kubeconfig: data.kubeconfig,
    certificates,
    forwarded: (pod, port) => forwarded(data.kubeconfig, pod, port),
    async stopKubelet() {
      kubeletEnd.abort();
      await kubelet;
    },
    startKubelet() {
      kubeletEnd = new AbortController();
      kubelet = runKubelet(kubeletEnd.signal, context, kubeletOptions);
    },
    async stop() {
      kubeletEnd.abort();
      await kubelet;
      await controlPlane.close();
      controlPlane.directory.release();
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

async function prepareNamespace(client: Client, name: string): Promise<void> {
  await eventually(() => client.get(Namespaces, { name }));
  await client.create(ServiceAccounts, { metadata: { namespace: name, name: 'default' } });
  await client.create(ConfigMaps, {
    metadata: { namespace: name, name: 'kube-root-ca.crt' },
    data: { 'ca.crt': 'none' },
  });
}

async function forwarded(kubeconfig: string, pod: string, port: number): Promise<string> {
  const program = await clientTool('kubectl');
  assert.ok(program !== undefined);
  const child = spawn(program, ['port-forward', `pod/${pod}`, `:${port}`], {
    env: { PATH: process.env['PATH'], KUBECONFIG: kubeconfig, HOME: '/nonexistent' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const local = /127\.0\.0\.1:(\d+)/.exec(line.toString())?.[1];
    return await (await fetch(`http://127.0.0.1:${local}/`)).text();
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}
