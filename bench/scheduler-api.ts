/**
 * How many pods a second get their node through the API, with durable writes: `node bench/scheduler-api.ts [NAME…]`.
 *
 * For each workload twice: with the API server in this process, reached by call, as `slipway up` has it; and as a process
 * of its own, reached over TLS. "while created": pods are created as fast as the server takes them while the scheduler
 * runs; from the first creation to the last binding. "waiting": the scheduler starts when they are all there; from the
 * first binding to the last. Load and scheduler share this process. Beside the rates stands CPU
 * time in microseconds for a waiting pod: of the server where it is a process of its own, and of this process, its main
 * thread first. `--nodes`, `--pods`: how many, for a shorter run.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Events, Namespaces, Nodes, Pods, ServiceAccounts } from '../src/api/resources.ts';
import { systemClock } from '../src/base/clock.ts';
import { createLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import type { Client } from '../src/client/client.ts';
import { createHttpClient } from '../src/client/http-client.ts';
import { startControlPlane, takeDataDirectory } from '../src/cluster/control-plane.ts';
import { admin, scheduler } from '../src/cluster/identities.ts';
import { createInProcessClient } from '../src/cluster/in-process-client.ts';
import type { Steps } from '../src/cluster/steps.ts';
import { runScheduler } from '../src/scheduler/scheduler.ts';
import { makeFolder, removeFolder, startMeasuredServer, token } from './measured-server.ts';
import { nodeOf, podOf } from './scheduler-objects.ts';
import { workloads, type Workload } from './scheduler-workloads.ts';

interface Server {
  readonly load: Client;
  readonly scheduler: Client;
  /** Of its process, when that is one of its own. */
  cpuMicros(): Promise<number | undefined>;
  stop(): Promise<void>;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    nodes: { type: 'string', default: '5000' },
    pods: { type: 'string', default: '3000' },
    directory: { type: 'string', default: '/var/tmp' },
    topology: { type: 'string' },
  },
});
const names = [
  'basic',
  'node affinity',
  'required pod affinity',
  'required pod anti-affinity',
  'spread required',
  'spread default',
];
const nodeCount = Number(options.nodes);
const podCount = Number(options.pods);
const atOnce = 64;
const log = createLog({
  component: 'bench',
  level: 'warn',
  now: () => Date.now(),
  write: (line) => process.stderr.write(line),
});
const topologies = { 'one process': startInProcess, 'two processes': startSeparate };

process.stdout.write(`${'workload'.padEnd(28)}${'server'.padEnd(15)}${'while created'.padStart(14)}`);
process.stdout.write(
  `${'waiting'.padStart(9)}${'server µs'.padStart(11)}${'thread µs'.padStart(11)}${'all µs'.padStart(8)}${'events'.padStart(9)}\n`,
);
for (const workload of workloads) {
  if (!names.includes(workload.name)) continue;
  if (positionals.length > 0 && !positionals.some((name) => workload.name.includes(name))) continue;
  for (const [topology, start] of Object.entries(topologies)) {
    if (options.topology !== undefined && !topology.includes(options.topology)) continue;
    const folder = await makeFolder(options.directory);
    const server = await start(folder);
    try {
      process.stdout.write(`${workload.name.padEnd(28)}${topology.padEnd(15)}${await measure(workload, server)}\n`);
    } finally {
      await server.stop();
      await removeFolder(folder);
    }
  }
}

async function measure(workload: Workload, server: Server): Promise<string> {
  await prepare(workload, server.load);
  const counting = countingClient(server.scheduler);
  // Pods that want a node each find none when there are more of them.
  const count = Math.min(podCount, workload.measured.count);
  const create = async (): Promise<void> => {
    const first = counting.serial;
    counting.serial += count;
    await inParallel(count, async (at) => {
      const { metadata, ...pod } = podOf(workload.measured.template(first + at), `pod-${first + at}`);
      await server.load.create(Pods, { ...pod, metadata: fresh(metadata) });
    });
  };
  const running = startScheduler(counting.client);
  const begun = performance.now();
  await create();
  await until(() => counting.bindings === count);
  const whileCreated = (count / (performance.now() - begun)) * 1000;
  await running.stop();

  await create();
  counting.events = 0;
  const serverBefore = await server.cpuMicros();
  const ownBefore = process.cpuUsage();
  const threadBefore = process.threadCpuUsage();
  const again = startScheduler(counting.client);
  await until(() => counting.bindings === 2 * count);
  const waiting = ((count - 1) / (counting.lastMs - counting.firstAfter(count))) * 1000;
  const own = process.cpuUsage(ownBefore);
  const thread = process.threadCpuUsage(threadBefore);
  const serverMicros = await server.cpuMicros();
  await until(() => counting.events >= count, 10_000).catch(() => undefined);
  await again.stop();
  return [
    whileCreated.toFixed(0).padStart(14),
    waiting.toFixed(0).padStart(9),
    (serverMicros === undefined ? '–' : ((serverMicros - (serverBefore ?? 0)) / count).toFixed(0)).padStart(11),
    ((thread.user + thread.system) / count).toFixed(0).padStart(11),
    ((own.user + own.system) / count).toFixed(0).padStart(8),
    String(counting.events).padStart(9),
  ].join('');
}

async function prepare(workload: Workload, client: Client): Promise<void> {
  for (const name of ['sched-0', 'sched-1']) {
    await client.create(Namespaces, { metadata: { name } });
    await client.create(ServiceAccounts, { metadata: { namespace: name, name: 'default' } }).catch(() => undefined);
  }
  await inParallel(nodeCount, async (at) => {
    const { metadata, ...node } = nodeOf(workload, at);
    const made = await client.create(Nodes, { ...node, metadata: fresh(metadata) });
    // Admission holds a new node for not ready, until a controller that is not here says otherwise.
    await client.update(Nodes, { ...made, spec: {} });
  });
}

/** Without what the server gives. */
function fresh<T extends { readonly resourceVersion: string; readonly uid: string }>(metadata: T) {
  const { resourceVersion: _, uid: __, ...rest } = metadata;
  return rest;
}

interface Counting {
  readonly client: Client;
  bindings: number;
  events: number;
  serial: number;
  lastMs: number;
  /** When the next binding after as many was answered. */
  firstAfter(bindings: number): number;
}

/** Counts what the scheduler has written. */
function countingClient(client: Client): Counting {
  const times: number[] = [];
  const counting: Counting = {
    bindings: 0,
    events: 0,
    serial: 0,
    lastMs: 0,
    firstAfter: (bindings) => times[bindings] ?? 0,
    client: {
      get: (resource, ref) => client.get(resource, ref),
      find: (resource, ref) => client.find(resource, ref),
      list: (resource, more) => client.list(resource, more),
      watch: (resource, more) => client.watch(resource, more),
      update: (resource, object) => client.update(resource, object),
      updateStatus: (resource, object) => client.updateStatus(resource, object),
      patch: (resource, ref, patch, more) => client.patch(resource, ref, patch, more),
      delete: (resource, ref, more) => client.delete(resource, ref, more),
      deleteCollection: (resource, list, more) => client.deleteCollection(resource, list, more),
      request: (request) => client.request(request),
      async createSubresource(resource, ref, subresource, body) {
        const answer = await client.createSubresource(resource, ref, subresource, body);
        counting.bindings++;
        counting.lastMs = performance.now();
        times.push(counting.lastMs);
        return answer;
      },
      async create(resource, object, more) {
        const made = await client.create(resource, object, more);
        if (resource.plural === Events.plural) counting.events++;
        return made;
      },
    },
  };
  return counting;
}

function startScheduler(client: Client): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = runScheduler(stopping.signal, { client, clock: systemClock, random: systemRandom, log });
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function startSeparate(folder: string): Promise<Server> {
  const server = await startMeasuredServer(folder);
  const client = (): ReturnType<typeof createHttpClient> =>
    createHttpClient({
      server: `https://127.0.0.1:${server.port}`,
      clock: systemClock,
      token,
      tls: { insecureSkipVerify: true },
    });
  const clients = { load: client(), scheduler: client() };
  return {
    ...clients,
    async cpuMicros() {
      const fields = (await readFile(`/proc/${server.pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ');
      return (Number(fields[11]) + Number(fields[12])) * 10_000;
    },
    async stop() {
      clients.load.close();
      clients.scheduler.close();
      await server.stop();
    },
  };
}

async function startInProcess(folder: string): Promise<Server> {
  const steps: Steps = { step: (_, work) => work(() => undefined), note: () => undefined };
  const directory = await takeDataDirectory(folder, steps);
  const controlPlane = await startControlPlane(
    {
      directory,
      bindAddress: '127.0.0.1',
      port: 0,
      portFlag: '--port',
      serviceRange: '10.96.0.0/16',
      nodes: [],
      log,
    },
    steps,
  );
  const clientOf = (user: typeof admin): Client =>
    createInProcessClient({ apiServer: controlPlane.apiServer, user, userAgent: 'bench' });
  return {
    load: clientOf(admin),
    scheduler: clientOf(scheduler),
    cpuMicros: () => Promise.resolve(undefined),
    async stop() {
      await controlPlane.close();
      directory.release();
    },
  };
}

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function until(holds: () => boolean, withinMs = 60_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('Not in time');
    await delay(2);
  }
}
