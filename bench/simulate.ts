/**
 * A whole cluster at scale on this machine: `node bench/simulate.ts [--nodes 5000] [--pods 10000] [--profile FOLDER]`.
 *
 * `slipway up --simulated-nodes` starts, keeps its leases for a while, runs Deployments of 500 replicas each, and deletes them. Shown for each
 * stretch are its time, the CPU time of the cluster's one process (all threads), and its resident memory; then what the
 * cluster itself says of the run. On a machine in use CPU time says more than the clock.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Deployments, Pods } from '../src/api/resources.ts';
import { systemClock } from '../src/base/clock.ts';
import { createHttpClient } from '../src/client/http-client.ts';
import { findClusterAccess } from '../src/client/kubeconfig.ts';
import { freePort } from '../test/cluster.ts';
import { makeFolder, removeFolder } from './measured-server.ts';

const { values: options } = parseArgs({
  options: {
    nodes: { type: 'string', default: '5000' },
    pods: { type: 'string', default: '10000' },
    directory: { type: 'string', default: '/var/tmp' },
    'semi-space': { type: 'string', default: '128' },
    profile: { type: 'string' },
  },
});
const replicas = 500;
const namespace = 'default';
const idleMs = 20_000;
const withinMs = 600_000;
const ticksPerSecond = 100;

const folder = await makeFolder(options.directory);
const profiling = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`];
const begun = performance.now();
const child = spawn(
  process.execPath,
  [
    `--max-semi-space-size=${options['semi-space']}`,
    ...profiling,
    join(import.meta.dirname, '../src/cli/main.ts'),
    'up',
    '--simulated-nodes',
    options.nodes,
    '--data-dir',
    folder,
    '--port',
    String(await freePort()),
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
let output = '';
child.stdout.on('data', (piece: Buffer) => (output += piece.toString()));
try {
  await until(async () => output.includes('ready in'));
  await print(`${options.nodes} nodes ready`, { startedMs: begun, cpuSeconds: 0 });
  const access = await findClusterAccess({ path: join(folder, 'kubeconfig'), environment: {}, clock: systemClock });
  const client = createHttpClient({ ...access.client, userAgent: 'bench' });
  await stretch('leases and nothing else', () => delay(idleMs));
  const count = Math.ceil(Number(options.pods) / replicas);
  await stretch(`${options.pods} pods ready`, async () => {
    for (let i = 0; i < count; i++) await client.create(Deployments, deployment(`load-${i}`, perGroup(i)));
    await until(async () => {
      const { items } = await client.list(Deployments, { namespace });
      return items.reduce((sum, { status }) => sum + (status.readyReplicas ?? 0), 0) === Number(options.pods);
    });
  });
  await stretch('leases, with the pods there', () => delay(idleMs));
  await stretch('all deleted', async () => {
    await client.deleteCollection(Deployments, { namespace }, { propagationPolicy: 'Background' });
    await until(async () => (await client.list(Pods, { namespace, limit: 1 })).items.length === 0);
  });
  client.close();
} finally {
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  await ended;
  process.stdout.write(`\n${output.slice(output.indexOf('✔ stopped'))}`);
  await removeFolder(folder);
}

function perGroup(index: number): number {
  return Math.min(replicas, Number(options.pods) - index * replicas);
}

function deployment(name: string, size: number) {
  const labels = { app: name };
  const resources = { requests: { cpu: '100m', memory: '64Mi' } };
  const containers = [{ name: 'main', image: 'registry.k8s.io/pause:3.10', resources }];
  const template = { metadata: { labels }, spec: { containers } };
  return { metadata: { namespace, name }, spec: { replicas: size, selector: { matchLabels: labels }, template } };
}

async function stretch(name: string, work: () => Promise<void>): Promise<void> {
  const before = { startedMs: performance.now(), cpuSeconds: await cpuSeconds() };
  await work();
  await print(name, before);
}

async function print(name: string, before: { readonly startedMs: number; readonly cpuSeconds: number }): Promise<void> {
  const seconds = ((performance.now() - before.startedMs) / 1000).toFixed(1);
  const cpu = ((await cpuSeconds()) - before.cpuSeconds).toFixed(1);
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  const megabytes = Math.round((Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024) / 1e6);
  process.stdout.write(`${name.padEnd(30)} ${seconds.padStart(6)} s   CPU ${cpu.padStart(5)} s   ${megabytes} MB\n`);
}

/** Of all threads of the cluster's process. */
async function cpuSeconds(): Promise<number> {
  const text = await readFile(`/proc/${child.pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`It did not come:\n${output}`);
    await delay(200);
  }
}
