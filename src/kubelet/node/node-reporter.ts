/**
 * Registers the node and keeps its object true: looked at every 10 s, written when something changed, and every 5 min all the same. A fresh
 * node is looked at every 100 ms until it is ready, so that pods need not wait for it.
 */
import { readFile, statfs } from 'node:fs/promises';
import { isApiError } from '../../api/api-error.ts';
import type { Node } from '../../api/groups/core.v1.ts';
import { Nodes } from '../../api/resources.ts';
import { sleep } from '../../base/clock.ts';
import { errorText } from '../../base/log.ts';
import type { ComponentContext } from '../../client/component.ts';
import type { EventRecorder } from '../../client/events.ts';
import type { ContainerRuntime, RuntimeStatus } from '../runtimes/runtime.ts';
import { ensureCsiNode } from './csi-node.ts';
import { nodeLabels, nodeStatus, type NodeFacts, type NodeObservation } from './node-object.ts';

export interface NodeReporterOptions {
  readonly context: ComponentContext;
  readonly runtime: ContainerRuntime;
  readonly facts: NodeFacts;
  /** On the file system that pods write to. */
  readonly directory: string;
  /** The node mounts volumes, and so tells of its CSI drivers. */
  readonly volumes: boolean;
  readonly events: EventRecorder;
  /** Called once, when the node is registered. */
  readonly registered: () => void;
}

const lookMs = 10_000;
const firstLookMs = 100;
const reportMs = 300_000;
const retryMs = 1000;

/** Runs until the signal aborts. */
export async function reportNode(options: NodeReporterOptions, signal: AbortSignal): Promise<void> {
  const { clock, log } = options.context;
  let reportedAtMs = -Infinity;
  let isReady = false;
  let isRegistered = false;
  while (!signal.aborted) {
    let delayMs = lookMs;
    try {
      const node = await ensureNode(options);
      if (!isRegistered) {
        if (options.volumes) await ensureCsiNode(options.context.client, node);
        isRegistered = true;
        options.events.event(node, 'Normal', 'Starting', 'Starting kubelet.');
        options.registered();
      }
      const now = clock.now();
      const observed = await observeNode(options);
      const status = nodeStatus(options.facts, observed, node, now);
      const isDue = now - reportedAtMs >= reportMs;
      if (isDue || print(status) !== print(node.status)) {
        await options.context.client.updateStatus(Nodes, { ...node, status });
        reportedAtMs = now;
        tellChanges(options, node, status);
      }
      isReady = status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
      if (!isReady) delayMs = firstLookMs;
    } catch (error) {
      if (signal.aborted) return;
      if (isApiError(error, 'Conflict')) continue;
      log.warn('Cannot report the node', { error: errorText(error) });
      delayMs = retryMs;
    }
    await sleep(clock, delayMs, signal);
  }
}

async function ensureNode({ context, facts }: NodeReporterOptions): Promise<Node> {
  const { client } = context;
  const { name, podCidr } = facts;
  const labels = nodeLabels(facts);
  const found = await client.find(Nodes, { name });
  const annotations = { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' };
  if (found === undefined) {
    const spec = { taints: facts.taints, ...(podCidr === undefined ? {} : { podCIDR: podCidr, podCIDRs: [podCidr] }) };
    return client.create(Nodes, { metadata: { name, labels, annotations }, spec });
  }
  const isLabelled = Object.entries(labels).every(([key, value]) => found.metadata.labels?.[key] === value);
  const needsCidr = podCidr !== undefined && (found.spec.podCIDR ?? '') === '';
  if (isLabelled && !needsCidr) return found;
  const spec = needsCidr ? { ...found.spec, podCIDR: podCidr, podCIDRs: [podCidr] } : found.spec;
  const metadata = { ...found.metadata, labels: { ...found.metadata.labels, ...labels } };
  return client.update(Nodes, { ...found, metadata, spec });
}

async function observeNode({ runtime, directory }: NodeReporterOptions): Promise<NodeObservation> {
  const [status, images, memory, disk] = await Promise.all([
    runtimeStatus(runtime),
    runtime.images.list().catch(() => []),
    readFile('/proc/meminfo', 'utf8').catch(() => ''),
    statfs(directory).catch(() => undefined),
  ]);
  const kibibytes = /^MemAvailable:\s+(\d+)/m.exec(memory)?.[1];
  return {
    runtime: status,
    images,
    memoryAvailableBytes: kibibytes === undefined ? undefined : Number(kibibytes) * 1024,
    diskAvailableBytes: disk === undefined ? undefined : disk.bavail * disk.bsize,
  };
}

/** A runtime that does not answer is not ready. */
async function runtimeStatus(runtime: ContainerRuntime): Promise<RuntimeStatus> {
  try {
    return await runtime.status();
  } catch (error) {
    const down = { ok: false, reason: 'RuntimeDown', message: errorText(error) };
    return { runtimeReady: down, networkReady: { ...down, ok: true } };
  }
}

/** What counts as a change: everything but the heartbeats. */
function print(status: Node['status']): string {
  const { conditions = [], capacity, allocatable, addresses, daemonEndpoints, nodeInfo, images = [] } = status;
  const verdicts = conditions
    .map(({ type, status: value, reason, message }) => [type, value, reason, message])
    .toSorted();
  const sorted = [capacity, allocatable, nodeInfo].map((record) => Object.entries(record ?? {}).toSorted());
  const port = daemonEndpoints?.kubeletEndpoint?.Port;
  const places = (addresses ?? []).map(({ type, address }) => `${type}=${address}`);
  return JSON.stringify([verdicts, sorted, places, port, images.map(({ names }) => names)]);
}

const eventReasons: Readonly<Record<string, readonly [string, string]>> = {
  MemoryPressure: ['NodeHasInsufficientMemory', 'NodeHasSufficientMemory'],
  DiskPressure: ['NodeHasDiskPressure', 'NodeHasNoDiskPressure'],
  PIDPressure: ['NodeHasInsufficientPID', 'NodeHasSufficientPID'],
  Ready: ['NodeReady', 'NodeNotReady'],
};

function tellChanges({ events, facts }: NodeReporterOptions, before: Node, after: Node['status']): void {
  for (const { type, status } of after.conditions ?? []) {
    const known = before.status.conditions?.find((each) => each.type === type);
    const reasons = eventReasons[type];
    if (reasons === undefined || known?.status === status) continue;
    const reason = status === 'True' ? reasons[0] : reasons[1];
    events.event(before, 'Normal', reason, `Node ${facts.name} status is now: ${reason}`);
  }
}
