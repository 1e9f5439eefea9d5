/** From the messages of the Container Runtime Interface to the runtime port's plain values. */
import { join } from 'node:path';
import type * as port from '../runtimes/runtime.ts';
import type * as messages from './messages.ts';
import type { Decoded } from './schema.ts';

type SandboxLike = Pick<
  Decoded<typeof messages.PodSandbox>,
  'id' | 'metadata' | 'state' | 'createdAt' | 'labels' | 'annotations'
>;

export function sandboxFromCri(sandbox: SandboxLike): port.Sandbox {
  return {
    id: sandbox.id,
    metadata: sandbox.metadata ?? { name: '', uid: '', namespace: '', attempt: 0 },
    state: sandbox.state === 'SANDBOX_READY' ? 'ready' : 'not-ready',
    createdAtMs: milliseconds(sandbox.createdAt),
    labels: sandbox.labels,
    annotations: sandbox.annotations,
  };
}

export function sandboxStatusFromCri(status: Decoded<typeof messages.PodSandboxStatus>): port.SandboxStatus {
  const addresses = [status.network?.ip, ...(status.network?.additionalIps.map(({ ip }) => ip) ?? [])];
  return { ...sandboxFromCri(status), ips: addresses.filter((ip) => ip !== undefined && ip !== '') as string[] };
}

const containerStates = {
  CONTAINER_CREATED: 'created',
  CONTAINER_RUNNING: 'running',
  CONTAINER_EXITED: 'exited',
  CONTAINER_UNKNOWN: 'unknown',
} as const;

export function containerFromCri(container: Decoded<typeof messages.Container>): port.Container {
  return {
    id: container.id,
    sandboxId: container.podSandboxId,
    metadata: container.metadata ?? { name: '', attempt: 0 },
    image: container.image?.image ?? '',
    imageRef: container.imageRef,
    state: containerStates[container.state],
    createdAtMs: milliseconds(container.createdAt),
    labels: container.labels,
    annotations: container.annotations,
  };
}

export function containerStatusFromCri(status: Decoded<typeof messages.ContainerStatus>): port.ContainerStatus {
  return {
    id: status.id,
    metadata: status.metadata ?? { name: '', attempt: 0 },
    image: status.image?.image ?? '',
    imageRef: status.imageRef,
    state: containerStates[status.state],
    createdAtMs: milliseconds(status.createdAt),
    startedAtMs: milliseconds(status.startedAt),
    finishedAtMs: milliseconds(status.finishedAt),
    exitCode: status.exitCode,
    reason: status.reason,
    message: status.message,
    labels: status.labels,
    annotations: status.annotations,
    logPath: status.logPath === '' ? '' : join('/', status.logPath),
  };
}

export function imageFromCri(image: Decoded<typeof messages.Image>): port.Image {
  return {
    id: image.id,
    tags: image.repoTags,
    digests: image.repoDigests,
    sizeBytes: image.size,
    uid: image.uid?.value,
    username: image.username,
  };
}

export function filesystemFromCri(usage: Decoded<typeof messages.FilesystemUsage>): port.FilesystemUsage {
  return {
    timestampMs: milliseconds(usage.timestamp),
    mountpoint: usage.fsId?.mountpoint ?? '',
    usedBytes: usage.usedBytes?.value ?? 0,
    inodesUsed: usage.inodesUsed?.value ?? 0,
  };
}

export function containerStatsFromCri(stats: Decoded<typeof messages.ContainerStats>): port.ContainerStats {
  return {
    containerId: stats.attributes?.id ?? '',
    name: stats.attributes?.metadata?.name ?? '',
    labels: stats.attributes?.labels ?? {},
    cpu: cpuFromCri(stats.cpu),
    memory: memoryFromCri(stats.memory),
    writableLayer: stats.writableLayer === null ? undefined : filesystemFromCri(stats.writableLayer),
  };
}

export function sandboxStatsFromCri(stats: Decoded<typeof messages.PodSandboxStats>): port.SandboxStats {
  const network = stats.linux?.network?.defaultInterface;
  return {
    sandboxId: stats.attributes?.id ?? '',
    metadata: stats.attributes?.metadata ?? { name: '', uid: '', namespace: '', attempt: 0 },
    labels: stats.attributes?.labels ?? {},
    cpu: cpuFromCri(stats.linux?.cpu ?? null),
    memory: memoryFromCri(stats.linux?.memory ?? null),
    network:
      network === null || network === undefined
        ? undefined
        : {
            name: network.name,
            receivedBytes: network.rxBytes?.value ?? 0,
            receiveErrors: network.rxErrors?.value ?? 0,
            sentBytes: network.txBytes?.value ?? 0,
            sendErrors: network.txErrors?.value ?? 0,
          },
    processCount: stats.linux?.process?.processCount?.value,
    containers: stats.linux?.containers.map(containerStatsFromCri) ?? [],
  };
}

function cpuFromCri(cpu: Decoded<typeof messages.CpuUsage> | null): port.CpuUsage | undefined {
  if (cpu === null || cpu.usageCoreNanoSeconds === null) return undefined;
  return { timestampMs: milliseconds(cpu.timestamp), usageCoreNanoSeconds: cpu.usageCoreNanoSeconds.value };
}

function memoryFromCri(memory: Decoded<typeof messages.MemoryUsage> | null): port.MemoryUsage | undefined {
  if (memory === null || memory.workingSetBytes === null) return undefined;
  return {
    timestampMs: milliseconds(memory.timestamp),
    workingSetBytes: memory.workingSetBytes.value,
    usageBytes: memory.usageBytes?.value ?? 0,
    rssBytes: memory.rssBytes?.value ?? 0,
  };
}

function milliseconds(nanoseconds: number): number {
  return Math.floor(nanoseconds / 1e6);
}
