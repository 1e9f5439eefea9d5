import { Nodes, Services } from '../../api/resources.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { sleep, systemClock } from '../../base/clock.ts';
import type { Client } from '../../client/client.ts';
import { createHttpClient } from '../../client/http-client.ts';
import { findClusterAccess } from '../../client/kubeconfig.ts';
import { dataDirectoryLayout, defaultDataDirectory } from '../../cluster/data-directory.ts';
import { withNodeRuntime } from '../../cluster/node-images.ts';
import { SetupError } from '../../cluster/setup-error.ts';
import type { Command, Invocation } from '../command.ts';
import { busyboxWithServer, demoImage, withImageArchive } from '../demo-image.ts';
import { applyDemo, demo, removeDemo, untilDemoIsReady } from '../demo-objects.ts';
import { kubectlName } from '../kubectl-name.ts';
import { createProgress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';

export const command: Command = {
  description: [
    'Deploys examples/hello to the running cluster: three replicas of a small web server, a Service and a ConfigMap. Their',
    'image is made on the spot from programs of this machine, so that no registry is needed. Then it sends requests through',
    'the Service and shows which pod answered each.',
  ].join('\n'),
  flags: {
    'data-dir': { value: 'DIR', help: `The cluster's data directory (default ${defaultDataDirectory()}).` },
    remove: { help: 'Take the example away again.' },
  },
  examples: { 'slipway demo': 'Deploy the example and use it.', 'slipway demo --remove': 'Take it away again.' },
  async run(invocation) {
    const client = await connect(directoryOf(invocation));
    try {
      return await (invocation.flags.has('remove') ? remove(client, invocation) : deploy(client, invocation));
    } finally {
      client.close();
    }
  },
};

async function deploy(client: Client, invocation: Invocation): Promise<number> {
  const { terminal, signal } = invocation;
  const progress = createProgress(terminal, () => performance.now());
  const simulated = await isSimulated(client);
  if (!simulated)
    await progress.step(
      'image',
      () => loadImage(directoryOf(invocation)),
      (madeOf) => `made of ${madeOf}`,
    );
  await progress.step('ConfigMap, Deployment and Service applied', () => applyDemo(client));
  const pods = await progress.step(`${demo.replicas} pods ready`, () => untilDemoIsReady(client, signal));
  if (simulated) {
    showPods(pods, terminal);
  } else {
    const url = await progress.step('Service answers', () => untilReachable(client, signal));
    await showAnswers(url, pods, terminal);
  }
  terminal.write(await nextThings(simulated, terminal));
  return 0;
}

async function remove(client: Client, { terminal, signal }: Invocation): Promise<number> {
  const progress = createProgress(terminal, () => performance.now());
  const found = await progress.step('example removed', () => removeDemo(client, signal));
  if (!found) terminal.write('There was nothing to remove.\n');
  return 0;
}

function directoryOf({ flags }: Invocation): string {
  return flags.text('data-dir') ?? defaultDataDirectory();
}

async function connect(directory: string): ReturnType<typeof connectTo> {
  const { kubeconfig } = dataDirectoryLayout(directory);
  try {
    return await connectTo(kubeconfig);
  } catch (error) {
    throw new SetupError(
      `Cannot reach the cluster of "${kubeconfig}": start it with slipway up, or name its data directory with --data-dir`,
      { cause: error },
    );
  }
}

async function connectTo(kubeconfig: string): Promise<ReturnType<typeof createHttpClient>> {
  const access = await findClusterAccess({ path: kubeconfig, environment: {}, clock: systemClock });
  const client = createHttpClient({ ...access.client, userAgent: 'slipway-demo' });
  await client.request({ method: 'GET', path: '/version' });
  return client;
}

async function isSimulated(client: Client): Promise<boolean> {
  const { items } = await client.list(Nodes);
  if (items.length === 0) throw new SetupError('The cluster has no node yet: try again in a moment');
  return items.every(({ status }) => status?.nodeInfo?.containerRuntimeVersion.startsWith('simulated:') === true);
}

async function loadImage(dataDirectory: string): Promise<string> {
  const image = await demoImage(await busyboxWithServer());
  await withImageArchive(image, (file) => withNodeRuntime(dataDirectory, (runtime) => runtime.images.load(file)));
  return image.madeOf;
}

const maxRequests = 100;
const requestTimeoutMs = 5000;
/** Rules follow the pods' readiness by a moment. */
const reachableWithinMs = 15_000;
const retryMs = 100;

/** Asks through the Service until every pod has answered. */
async function showAnswers(url: string, pods: readonly Pod[], terminal: Terminal): Promise<void> {
  terminal.write(`\nRequests to the Service, ${terminal.style('cyan', url)}\n`);
  const silent = new Set(pods.map(({ metadata }) => metadata.name));
  for (let count = 1; count <= maxRequests && silent.size > 0; count++) {
    const text = await ask(url);
    for (const name of silent) if (text.includes(name)) silent.delete(name);
    terminal.write(`  ${terminal.style('green', '←')} ${text.trim()}\n`);
  }
  if (silent.size > 0) throw new SetupError(`No answer came from ${[...silent].join(', ')} in ${maxRequests} requests`);
}

/** Answers where the Service is. @throws SetupError when nobody answers there. */
async function untilReachable(client: Client, signal: AbortSignal): Promise<string> {
  const service = await client.get(Services, demo);
  const url = `http://${service.spec?.clusterIP ?? ''}/`;
  const until = AbortSignal.any([signal, AbortSignal.timeout(reachableWithinMs)]);
  for (;;) {
    const failure = await ask(url).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) return url;
    if (until.aborted) throw new SetupError(`Nobody answers at the Service's address ${url}`, { cause: failure });
    await sleep(systemClock, retryMs, until);
  }
}

/** Each on a connection of its own: a Service chooses a pod for a connection, not for a request. */
async function ask(url: string): Promise<string> {
  const headers = { connection: 'close' };
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(requestTimeoutMs) });
  return await answer.text();
}

function showPods(pods: readonly Pod[], terminal: Terminal): void {
  terminal.write('\nThe node is simulated, so nothing answers requests; the pods are there all the same:\n');
  for (const { metadata, spec, status } of pods) {
    terminal.write(`  ${metadata.name}   ${status?.phase ?? ''}   ${status?.podIP ?? ''}   ${spec?.nodeName ?? ''}\n`);
  }
}

async function nextThings(simulated: boolean, terminal: Terminal): Promise<string> {
  const kubectl = await kubectlName();
  const things: readonly (readonly [string, string])[] = [
    [`${kubectl} get pods -o wide`, 'where the replicas run'],
    [`${kubectl} scale deployment hello --replicas 5`, 'two more'],
    ...(simulated ? [] : ([[`${kubectl} logs -l app=hello`, 'what they wrote']] as const)),
    [`${kubectl} delete pod -l app=hello`, 'take them away and see them replaced'],
    ['./slipway demo --remove', 'the end of it'],
  ];
  const width = Math.max(...things.map(([line]) => line.length));
  const lines = things.map(([line, what]) => `  ${terminal.style('cyan', line.padEnd(width))}  ${what}\n`);
  return `\nNext:\n${lines.join('')}`;
}
