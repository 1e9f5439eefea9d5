/**
 * The kubelet: makes the pods bound to this node run, and tells how they are.
 *
 *   API ──pods──► workers ──► runtime port ──► containers
 *    ▲              │  ▲ events, a look every second, probes
 *    └── status ────┘  └── volumes, images, control groups
 *
 * It keeps nothing on disk but what pods need there; after a start it asks the API and the runtime, takes over pods that are there, and ends
 * those that nobody knows. When it ends, containers go on.
 */
import { mkdir, readFile, realpath } from 'node:fs/promises';
import type { Pod, Taint } from '../api/groups/core.v1.ts';
import { Pods, Services } from '../api/resources.ts';
import { referenceTo } from '../api/objects/object-reference.ts';
import type { Service } from '../api/groups/core.v1.ts';
import type { Informer } from '../client/informer.ts';
import type { ComponentContext } from '../client/component.ts';
import { createEventRecorder, type EventRecorder } from '../client/events.ts';
import { createInformers } from '../client/shared-informers.ts';
import { sleep } from '../base/clock.ts';
import { errorText } from '../base/log.ts';
import { readContainerLog } from './logs/read-log.ts';
import { rotateLogs, usualLimits } from './logs/rotate-logs.ts';
import { Images } from './containers/images.ts';
import { fieldPath } from './containers/start-container.ts';
import { podCgroups } from './node/cgroups.ts';
import { keepLease } from './node/heartbeat.ts';
import { readMachineFacts, type MachineFacts } from './node/machine-facts.ts';
import { nodeAllocatable, type NodeFacts } from './node/node-object.ts';
import { reportNode } from './node/node-reporter.ts';
import { nodePaths } from './paths.ts';
import { podContainers } from './pods/pod-containers.ts';
import type { NodeServices } from './pods/node-services.ts';
import { observePod } from './pods/observation.ts';
import { PodWorkers } from './pods/pod-workers.ts';
import { StatusWriter } from './pods/status-writer.ts';
import type { ProbeKind } from './probes/probe-state.ts';
import type { ProbeTarget } from './probes/probe-target.ts';
import { Prober } from './probes/prober.ts';
import type { ContainerRuntime, RuntimeVersion } from './runtimes/runtime.ts';
import { containerLogsRoute } from './server/container-logs.ts';
import { informationRoutes } from './server/information.ts';
import { startKubeletServer, type KubeletServer, type ServerCredentials } from './server/kubelet-server.ts';
import { podNamed, type FindPod } from './server/pod-lookup.ts';
import { streamRoutes } from './server/streams.ts';
import { StatsCollector, type StatsSummary } from './stats/summary.ts';
import { parseResolvConf } from './sandboxes/dns.ts';
import { machineMounts, plainFolders } from './volumes/mounts.ts';
import { ServiceAccountTokens } from './volumes/service-account-tokens.ts';
import { WatchedObjects } from './volumes/watched-objects.ts';

const logCheckMs = 10_000;
/** Taken off by the controllers of a cloud (src/cloud/node). */
const waitingTaint: Taint = {
  key: 'node.cloudprovider.kubernetes.io/uninitialized',
  value: 'true',
  effect: 'NoSchedule',
};

export interface KubeletOptions {
  readonly nodeName: string;
  /** Addresses of the machine; the first one is where the API server reaches this kubelet. */
  readonly nodeIps: readonly string[];
  readonly runtime: ContainerRuntime;
  /** Pods are only pretended: nothing is mounted, no control groups, probes over the network succeed. */
  readonly simulated?: boolean | undefined;
  /** Where volumes and logs of this node lie; made when absent. */
  readonly rootDirectory: string;
  /** Below which control groups of pods are made, such as `/slipway-ab12`; absent: the runtime's own place, without limits for whole pods. */
  readonly cgroupRoot?: string | undefined;
  /** For the kubelet's own server, which only the API server and administrators may use. */
  readonly credentials: ServerCredentials;
  /** Where that server listens; default: on all addresses. */
  readonly bindAddress?: string | undefined;
  /** Default: 10250; 0: any free one. */
  readonly port?: number | undefined;
  readonly podCidr?: string | undefined;
  /** The node waits, tainted, until the controllers of a cloud have filled in what only that knows. */
  readonly waitsForCloud?: boolean | undefined;
  /** Put on the node when it is registered. */
  readonly registerWithTaints?: readonly Taint[] | undefined;
  readonly clusterDns?: readonly string[] | undefined;
  /** Default: cluster.local. */
  readonly clusterDomain?: string | undefined;
  /** Default: 110. */
  readonly maxPods?: number | undefined;
  /** Shown as the node's version; default: v1.36.2. */
  readonly kubeletVersion?: string | undefined;
  /** Called when the node is registered. */
  readonly registered?: (() => void) | undefined;
}

/** Runs until the signal aborts and all that it started has ended. */
export async function runKubelet(
  signal: AbortSignal,
  context: ComponentContext,
  options: KubeletOptions,
): Promise<void> {
  await mkdir(options.rootDirectory, { recursive: true });
  const rootDirectory = await realpath(options.rootDirectory);
  const paths = nodePaths(rootDirectory);
  const mounts = options.simulated === true ? plainFolders : machineMounts;
  await mkdir(paths.pods, { recursive: true });
  await mkdir(paths.logs, { recursive: true });
  await mounts.memory(paths.memory);
  try {
    const own = { ...context, log: context.log.named('kubelet') };
    await runNode(signal, own, { ...options, rootDirectory });
  } finally {
    await mounts.unmountAll(paths.root);
  }
}

/** When one part cannot go on, all end. */
async function runNode(ended: AbortSignal, context: ComponentContext, options: KubeletOptions): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([ended, failed.signal]);
  const { nodeName, runtime, rootDirectory, maxPods = 110 } = options;
  const [machine, version] = await Promise.all([readMachineFacts(rootDirectory), runtime.version()]);
  const informers = createInformers({ ...context, signal });
  const services = informers.of(Services);
  const node = await assembleNode(signal, context, options, { machine, version, services, workers: () => workers });
  const workers = new PodWorkers(node, maxPods, signal);
  const unsubscribe = runtime.subscribe(() => workers.expectChange());
  const server = await startServer(options, { node, pods: () => workers.list() });
  const taints = options.registerWithTaints ?? [];
  const facts: NodeFacts = {
    name: nodeName,
    ips: options.nodeIps,
    podCidr: options.podCidr,
    waitsForCloud: options.waitsForCloud ?? false,
    taints: options.waitsForCloud === true ? [...taints, waitingTaint] : taints,
    maxPods,
    port: server.port,
    kubeletVersion: options.kubeletVersion ?? 'v1.36.2',
    machine,
    runtime: version,
  };
  const { events } = node;
  const { registered = () => undefined } = options;
  const volumes = options.simulated !== true;
  const parts = [
    reportNode({ context, runtime, facts, directory: rootDirectory, volumes, events, registered }, signal),
    keepLease(context, nodeName, signal),
    keepLogsSmall(context, runtime, signal),
    untilAborted(signal, async () => {
      await services.whenSynced();
      await workers.run(informers.of(Pods, { fieldSelector: `spec.nodeName=${nodeName}` }));
    }),
  ];
  for (const part of parts) part.catch(() => failed.abort());
  await Promise.allSettled(parts);
  unsubscribe();
  await server.close();
  node.prober.stop();
  node.objects.stop();
  await informers.whenEnded();
  await Promise.all(parts);
}

interface Known {
  readonly machine: MachineFacts;
  readonly version: RuntimeVersion;
  readonly services: Informer<Service>;
  /** Who is called back; there once everything is put together. */
  workers(): PodWorkers;
}

async function assembleNode(
  signal: AbortSignal,
  context: ComponentContext,
  options: KubeletOptions,
  { machine, version, services, workers }: Known,
): Promise<NodeServices> {
  const { nodeName, nodeIps, runtime, maxPods = 110, simulated = false, cgroupRoot } = options;
  const events = createEventRecorder({ ...context, component: 'kubelet', host: nodeName, signal });
  const resolvConf = await readFile('/etc/resolv.conf', 'utf8').catch(() => '');
  return {
    ...context,
    nodeName,
    nodeIps,
    allocatable: nodeAllocatable({ machine, maxPods }),
    memoryCapacityBytes: machine.memoryBytes,
    runtime,
    runtimeName: version.name,
    paths: nodePaths(options.rootDirectory),
    dns: {
      clusterDns: options.clusterDns ?? [],
      clusterDomain: options.clusterDomain ?? 'cluster.local',
      node: parseResolvConf(resolvConf),
    },
    mounts: simulated ? plainFolders : machineMounts,
    cgroups: cgroupRoot === undefined ? undefined : await podCgroups(cgroupRoot),
    images: new Images(runtime, context.clock),
    objects: new WatchedObjects(context, (uid) => workers().retry(uid)),
    tokens: new ServiceAccountTokens(context),
    services,
    events,
    prober: new Prober({
      means: { runtime, network: !simulated },
      clock: context.clock,
      changed: (uid) => workers().wake(uid),
      failed: (target, kind, output) => tellFailure(events, target, kind, output),
    }),
    statuses: new StatusWriter(context, signal),
    expectChange: () => workers().expectChange(),
  };
}

function startServer(
  options: KubeletOptions,
  { node, pods }: { readonly node: NodeServices; pods(): readonly Pod[] },
): Promise<KubeletServer> {
  const { nodeName, runtime, rootDirectory: directory, credentials, bindAddress, port = 10_250 } = options;
  const { clock, log } = node;
  const { containers, sandboxes } = runtime;
  const stats = new StatsCollector({ nodeName, runtime, directory, pods, now: () => clock.now() });
  const find: FindPod = async (namespace, name, uid) => {
    const pod = podNamed(pods(), namespace, name, uid);
    return { pod, observed: await observePod(node, pod.metadata.uid, new Map()) };
  };
  const logs = containerLogsRoute({
    clock,
    find,
    read(_, { id, logPath: path }, wanted, signal) {
      const isRunning = async (): Promise<boolean> => (await containers.status(id))?.state === 'running';
      return readContainerLog({ path, isRunning, signal }, wanted);
    },
  });
  const summary = (): Promise<StatsSummary> => stats.summary();
  const information = informationRoutes({ nodeName, pods, containers: () => containers.list(), summary });
  const streams = streamRoutes({
    find,
    exec: (id, request) => containers.exec(id, request),
    attach: (id, request) => containers.attach(id, request),
    portForward: (id, remotePort) => sandboxes.portForward(id, remotePort),
  });
  return startKubeletServer({ credentials, address: bindAddress, port, routes: [logs, ...information], streams, log });
}

async function keepLogsSmall(
  { clock, log }: ComponentContext,
  runtime: ContainerRuntime,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(clock, logCheckMs, signal);
    if (signal.aborted) return;
    try {
      await rotateLogs(runtime, clock.now(), usualLimits);
    } catch (error) {
      log.warn('Cannot rotate container logs', { error: errorText(error) });
    }
  }
}

/** What waits for something that never comes because of the end is no failure. */
async function untilAborted(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function tellFailure(events: EventRecorder, target: ProbeTarget, kind: ProbeKind, output: string): void {
  const titles = { startup: 'Startup', liveness: 'Liveness', readiness: 'Readiness' } as const;
  const container = podContainers(target.pod).find(({ spec }) => spec.name === target.container.name);
  const reference = referenceTo(target.pod, container === undefined ? undefined : fieldPath(container));
  events.event(reference, 'Warning', 'Unhealthy', `${titles[kind]} probe failed: ${output}`);
}
