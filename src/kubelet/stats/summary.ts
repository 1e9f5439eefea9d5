/**
 * What the node and its pods use, in the shape of /stats/summary. Rates of cpu use are the difference to the previous look, which is
 * remembered for each container; looks within a second share one answer.
 */
import { readFile, statfs } from 'node:fs/promises';
import { cpus } from 'node:os';
import type { Pod } from '../../api/groups/core.v1.ts';
import { labelNames } from '../containers/labels.ts';
import type { ContainerRuntime, ContainerStats, CpuUsage, MemoryUsage } from '../runtimes/runtime.ts';

export interface CpuFigures {
  readonly time: string;
  readonly usageNanoCores: number;
  readonly usageCoreNanoSeconds: number;
}

export interface MemoryFigures {
  readonly time: string;
  readonly availableBytes?: number;
  readonly usageBytes: number;
  readonly workingSetBytes: number;
  readonly rssBytes: number;
}

interface ContainerFigures {
  readonly name: string;
  readonly startTime: string;
  readonly cpu?: CpuFigures;
  readonly memory?: MemoryFigures;
}

interface PodFigures {
  readonly podRef: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly startTime: string;
  readonly containers: readonly ContainerFigures[];
  readonly cpu?: CpuFigures;
  readonly memory?: MemoryFigures;
}

export interface StatsSummary {
  readonly node: {
    readonly nodeName: string;
    readonly startTime: string;
    readonly cpu: CpuFigures;
    readonly memory: MemoryFigures;
    readonly fs?: {
      readonly time: string;
      readonly availableBytes: number;
      readonly capacityBytes: number;
      readonly usedBytes: number;
    };
  };
  readonly pods: readonly PodFigures[];
}

export interface SummaryOptions {
  readonly nodeName: string;
  readonly runtime: ContainerRuntime;
  readonly directory: string;
  pods(): readonly Pod[];
  now(): number;
}

interface Sample {
  readonly atMs: number;
  readonly coreNanoSeconds: number;
}

const shareMs = 1000;

export class StatsCollector {
  readonly #options: SummaryOptions;
  #samples = new Map<string, Sample>();
  #last: { readonly atMs: number; readonly summary: Promise<StatsSummary> } | undefined;

  constructor(options: SummaryOptions) {
    this.#options = options;
  }

  summary(): Promise<StatsSummary> {
    const now = this.#options.now();
    if (this.#last !== undefined && now - this.#last.atMs < shareMs) return this.#last.summary;
    const summary = this.#collect(now);
    this.#last = { atMs: now, summary };
    return summary;
  }

  async #collect(now: number): Promise<StatsSummary> {
    const { runtime, nodeName, directory } = this.#options;
    const [stats, disk, meminfo] = await Promise.all([
      runtime.containers.stats({ state: 'running' }),
      statfs(directory).catch(() => undefined),
      readFile('/proc/meminfo', 'utf8').catch(() => ''),
    ]);
    const samples = new Map<string, Sample>();
    const time = new Date(now).toISOString();
    const node = this.#cpu('node', { timestampMs: now, usageCoreNanoSeconds: nodeCpuNanoSeconds() }, samples);
    const pods = this.#options.pods().map((pod) => this.#pod(pod, stats, samples));
    this.#samples = samples;
    return {
      node: {
        nodeName,
        startTime: time,
        cpu: node,
        memory: nodeMemory(meminfo, time),
        ...(disk === undefined
          ? {}
          : {
              fs: {
                time,
                availableBytes: disk.bavail * disk.bsize,
                capacityBytes: disk.blocks * disk.bsize,
                usedBytes: (disk.blocks - disk.bfree) * disk.bsize,
              },
            }),
      },
      pods: pods.filter(({ containers }) => containers.length > 0),
    };
  }

  #pod(pod: Pod, stats: readonly ContainerStats[], samples: Map<string, Sample>): PodFigures {
    const { name, namespace, uid } = pod.metadata;
    const own = stats.filter(({ labels }) => labels[labelNames.podUid] === uid);
    const startTime = pod.status.startTime ?? pod.metadata.creationTimestamp;
    const containers = own.map((each): ContainerFigures => {
      const container = each.labels[labelNames.containerName] ?? each.name;
      const cpu = each.cpu === undefined ? {} : { cpu: this.#cpu(each.containerId, each.cpu, samples) };
      const memory = each.memory === undefined ? {} : { memory: memoryFigures(each.memory) };
      const status = pod.status.containerStatuses?.find((known) => known.name === container);
      return { name: container, startTime: status?.state.running?.startedAt ?? startTime, ...cpu, ...memory };
    });
    return { podRef: { name, namespace, uid }, startTime, containers, ...totals(containers) };
  }

  #cpu(key: string, usage: CpuUsage, samples: Map<string, Sample>): CpuFigures {
    const { timestampMs: atMs, usageCoreNanoSeconds } = usage;
    const before = this.#samples.get(key);
    samples.set(key, { atMs, coreNanoSeconds: usageCoreNanoSeconds });
    const elapsedMs = atMs - (before?.atMs ?? atMs);
    const used = usageCoreNanoSeconds - (before?.coreNanoSeconds ?? 0);
    const usageNanoCores = elapsedMs <= 0 ? 0 : Math.max(0, Math.round((used * 1000) / elapsedMs));
    return { time: new Date(atMs).toISOString(), usageNanoCores, usageCoreNanoSeconds };
  }
}

function totals(containers: readonly ContainerFigures[]): Pick<PodFigures, 'cpu' | 'memory'> {
  const cpu = containers.map((each) => each.cpu).filter((each) => each !== undefined);
  const memory = containers.map((each) => each.memory).filter((each) => each !== undefined);
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const [firstCpu] = cpu;
  const [firstMemory] = memory;
  return {
    ...(firstCpu === undefined
      ? {}
      : {
          cpu: {
            time: firstCpu.time,
            usageNanoCores: sum(cpu.map((each) => each.usageNanoCores)),
            usageCoreNanoSeconds: sum(cpu.map((each) => each.usageCoreNanoSeconds)),
          },
        }),
    ...(firstMemory === undefined
      ? {}
      : {
          memory: {
            time: firstMemory.time,
            usageBytes: sum(memory.map((each) => each.usageBytes)),
            workingSetBytes: sum(memory.map((each) => each.workingSetBytes)),
            rssBytes: sum(memory.map((each) => each.rssBytes)),
          },
        }),
  };
}

function memoryFigures({ timestampMs, usageBytes, workingSetBytes, rssBytes }: MemoryUsage): MemoryFigures {
  return { time: new Date(timestampMs).toISOString(), usageBytes, workingSetBytes, rssBytes };
}

function nodeMemory(meminfo: string, time: string): MemoryFigures {
  const read = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
  const [total, available, free] = [read('MemTotal'), read('MemAvailable'), read('MemFree')];
  return {
    time,
    availableBytes: available,
    usageBytes: total - free,
    workingSetBytes: total - available,
    rssBytes: read('AnonPages'),
  };
}

function nodeCpuNanoSeconds(): number {
  const busyMs = cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq);
  return busyMs.reduce((a, b) => a + b, 0) * 1_000_000;
}
