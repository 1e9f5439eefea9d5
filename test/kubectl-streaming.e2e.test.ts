/**
 * Real kubectl against the streaming protocols, which end in real containers: a tiny API server that knows one pod and
 * answers what kubectl asks before it streams, in front of a private containerd.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { silentLog } from '../src/base/log.ts';
import { clientTool } from '../src/cli/client-tools.ts';
import { leftovers, machineState, type MachineState } from './leftovers.ts';
import { startContainerd, type PrivateContainerd } from '../src/kubelet/runtimes/containerd.ts';
import { writeImageArchive } from '../src/kubelet/runtimes/image-archive.ts';
import { busyboxRecipe } from '../src/kubelet/runtimes/machine-images.ts';
import { joinProcess } from '../src/kubelet/streaming/join-process.ts';
import { servePortForward } from '../src/kubelet/streaming/port-forward.ts';
import { serveExec, streamRequestFromQuery } from '../src/kubelet/streaming/remote-command.ts';

const image = 'slipway.local/busybox:test';
const fileBytes = 3_000_000;

let folder: string;
let machine: MachineState;
let containerd: PrivateContainerd;
let server: Server;
let kubectlPath: string;
let containerId: string;
let sandboxId: string;
const protocols: string[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-kubectl-'));
  machine = await machineState();
  containerd = await startContainerd({
    dataDirectory: join(folder, 'c'),
    instance: 'kctl',
    podSubnet: '10.251.7.0/24',
    log: silentLog,
  });
  await writeImageArchive(join(folder, 'busybox.tar'), await busyboxRecipe(image));
  const { sandboxes, containers, images } = containerd.runtime;
  await images.load(join(folder, 'busybox.tar'));
  const sandbox = {
    metadata: { name: 'web', uid: 'u', namespace: 'default', attempt: 0 },
    logDirectory: join(folder, 'logs'),
  };
  sandboxId = await sandboxes.run(sandbox);
  const script = `mkdir /www; head -c ${fileBytes} /dev/zero >/www/zeros; echo hello >/www/index.html; httpd -p 8080 -h /www; exec cat`;
  const config = {
    metadata: { name: 'main', attempt: 0 },
    image,
    command: ['sh', '-c', script],
    logPath: 'main.log',
    stdin: true,
  };
  containerId = await containers.create(sandboxId, config, sandbox);
  await containers.start(containerId);
  server = createServer(answer).listen(0, '127.0.0.1');
  server.on('upgrade', (req, socket, head) => void upgrade(req, socket, head));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, JSON.stringify(kubeconfigFor(`http://127.0.0.1:${port}`)));
  kubectlPath = (await clientTool('kubectl')) ?? 'kubectl';
});

after(async () => {
  server?.closeAllConnections();
  server?.close();
  await containerd?.stop();
  assert.deepEqual(await leftovers(folder, machine), []);
  await rm(folder, { recursive: true, force: true });
});

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default', uid: 'u' },
  spec: { containers: [{ name: 'main', image, stdin: true }] },
  status: { phase: 'Running', containerStatuses: [{ name: 'main', ready: true, state: { running: {} } }] },
};

const documents: Readonly<Record<string, unknown>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [{ name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'list', 'watch'] }],
  },
  '/api/v1/namespaces/default/pods/web': pod,
};

function answer(req: IncomingMessage, res: ServerResponse): void {
  const { pathname } = new URL(req.url ?? '/', 'http://localhost');
  const document = documents[pathname];
  res.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
  res.end(JSON.stringify(document ?? { kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404 }));
}

async function upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
  const { pathname, searchParams } = new URL(req.url ?? '/', 'http://localhost');
  const verb = pathname.split('/').at(-1);
  protocols.push(String(req.headers['sec-websocket-protocol'] ?? req.headers['x-stream-protocol-version']));
  const { containers, sandboxes } = containerd.runtime;
  if (verb === 'portforward') {
    const handler = (port: number): Promise<Duplex> => sandboxes.portForward(sandboxId, port);
    return await servePortForward(req, socket, head, { handler, pod: 'default/web', uid: 'u', ports: [] });
  }
  const streams = streamRequestFromQuery(searchParams);
  await serveExec(req, socket, head, {
    streams,
    async handler(client) {
      const process =
        verb === 'exec'
          ? await containers.exec(containerId, { ...streams, command: searchParams.getAll('command') })
          : await containers.attach(containerId, streams);
      return await joinProcess(client, process);
    },
  });
}

function kubeconfigFor(address: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: address } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    users: [{ name: 'test', user: {} }],
  };
}

/** kubectl talks WebSocket unless these say otherwise. */
const dialects = [
  { name: 'WebSocket', env: {}, exec: 'v5.channel.k8s.io', forward: 'SPDY/3.1+portforward.k8s.io' },
  {
    name: 'SPDY',
    env: { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' },
    exec: 'v5.channel.k8s.io, v4.channel.k8s.io, v3.channel.k8s.io, v2.channel.k8s.io, channel.k8s.io',
    forward: 'portforward.k8s.io',
  },
];

for (const dialect of dialects) {
  test(`kubectl exec over ${dialect.name} brings output, errors and exit code`, async () => {
    const result = await run(dialect.env, ['exec', 'web', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3']);
    assert.deepEqual([result.status, result.stdout], [3, 'out\n']);
    assert.match(result.stderr, /^err\n/);
    assert.match(result.stderr, /command terminated with exit code 3/);
    assert.equal(protocols.at(-1)?.replaceAll(',', ', ').replaceAll('  ', ' '), dialect.exec);
  });

  test(`kubectl exec -i over ${dialect.name} sends all of its input and sees its end`, async () => {
    const input = 'x'.repeat(1_000_000);
    const result = await run(dialect.env, ['exec', '-i', 'web', '--', 'md5sum'], input);
    assert.equal(result.stdout.split(' ')[0], createHash('md5').update(input).digest('hex'));
  });

  test(`kubectl exec over ${dialect.name} brings large output whole`, async () => {
    const result = await run(dialect.env, ['exec', 'web', '--', 'cat', '/www/zeros']);
    assert.equal(result.stdout.length, fileBytes);
  });

  test(`kubectl exec over ${dialect.name} says when the command does not exist`, async () => {
    const result = await run(dialect.env, ['exec', 'web', '--', '/nope']);
    assert.notEqual(result.status, 0);
    assert.match(result.stderr, /Internal error occurred: .*\/nope.*no such file or directory/s);
  });

  test(`kubectl attach -i over ${dialect.name} reaches the first process`, async () => {
    const child = startKubectl(dialect.env, ['attach', '-i', 'web']);
    child.stdin.write(`hello ${dialect.name}\n`);
    const text = await untilOutput(child, (printed) => printed.includes('hello'));
    assert.match(text, new RegExp(`hello ${dialect.name}`));
    child.kill('SIGKILL');
    await once(child, 'close');
  });

  test(`kubectl port-forward over ${dialect.name} carries many connections and reports failed ones`, async () => {
    const child = startKubectl(dialect.env, ['port-forward', 'web', ':8080', ':9']);
    const ports: Record<string, string> = {};
    const printed = await untilOutput(child, (text) => [...text.matchAll(/127\.0\.0\.1:\d+ -> \d+/g)].length === 2);
    for (const [, local = '', remote = ''] of printed.matchAll(/127\.0\.0\.1:(\d+) -> (\d+)/g)) ports[remote] = local;
    const get = async (path: string): Promise<number> =>
      (await (await fetch(`http://127.0.0.1:${ports['8080'] ?? ''}${path}`)).arrayBuffer()).byteLength;
    const sizes = await Promise.all(Array.from({ length: 12 }, (_, i) => get(i % 2 === 0 ? '/' : '/zeros')));
    assert.deepEqual([...new Set(sizes)], [6, fileBytes]);
    assert.equal(protocols.at(-1), dialect.forward);
    const failed = untilOutput(child, (text) => text.includes('error forwarding port 9'));
    await assert.rejects(fetch(`http://127.0.0.1:${ports['9'] ?? ''}/`));
    assert.match(await failed, /error forwarding port 9 to pod/);
    child.kill('SIGKILL');
    await once(child, 'close');
  });
}

test('kubectl exec -t gives the command a terminal of the size that the client has', async () => {
  const command = `stty cols 97 rows 31; ${kubectlPath} exec -it web -- sh -c 'sleep 0.5; stty size; exit 4'`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { env: environment({}), stdio: 'pipe' });
  child.stdin.on('error', () => undefined);
  const text = await untilOutput(child, (printed) => printed.includes('31 97'));
  assert.match(text, /31 97\r\n/);
  const [status] = (await once(child, 'close')) as [number];
  assert.equal(status, 4);
});

type Environment = Readonly<Record<string, string>>;

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function environment(more: Environment): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: '/nonexistent', KUBECONFIG: join(folder, 'kubeconfig'), ...more };
}

function startKubectl(more: Environment, args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(kubectlPath, args, { env: environment(more), stdio: 'pipe', timeout: 60_000 });
  child.stdin.on('error', () => undefined);
  return child;
}

async function run(more: Environment, args: readonly string[], input?: string): Promise<Result> {
  const child = startKubectl(more, args);
  child.stdin.end(input);
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { status, stdout, stderr };
}

/** Gathers what a program prints until it is enough; fails when the program ends before. */
function untilOutput(child: ChildProcessWithoutNullStreams, enough: (printed: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const read = (chunk: Buffer): void => {
      printed += chunk.toString();
      if (enough(printed)) resolve(printed);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('close', () => reject(new Error(`Program ended before it printed enough: ${printed}`)));
  });
}
