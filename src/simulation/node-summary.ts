/** What a simulated node and its pods use, in the shape of /stats/summary: sums of what its containers use, with a little for the node itself. */
import { parseQuantity, quantityToNumber } from '../api/quantity.ts';
import { podContainers } from '../kubelet/pods/pod-containers.ts';
import type { CpuFigures, MemoryFigures, StatsSummary } from '../kubelet/stats/summary.ts';
import type { Dice } from './dice.ts';
import type { PodLife } from './pod-life.ts';
import type { SimulatedNode } from './simulated-node.ts';
import { containerUse, type ContainerUse } from './usage.ts';

/** The share of a real node's own processes. */
const nodeCores = 0.05;
const nodeMemoryBytes = 200 * 1024 * 1024;

export function nodeSummary(
  node: SimulatedNode,
  lives: readonly PodLife[],
  { dice, nowMs }: { readonly dice: Dice; readonly nowMs: number },
): StatsSummary {
  const time = new Date(nowMs).toISOString();
  const pods = lives.map((life) => podFigures(life, dice, nowMs)).filter(({ uses }) => uses.length > 0);
  const startedMs = Date.parse(node.object?.metadata.creationTimestamp ?? '') || nowMs;
  const aliveSeconds = Math.max(0, nowMs - startedMs) / 1000;
  const own = { cores: nodeCores, coreSeconds: nodeCores * aliveSeconds, memoryBytes: nodeMemoryBytes };
  const whole = sum([own, ...pods.flatMap(({ uses }) => uses)]);
  const memory = quantityToNumber(parseQuantity(node.group.capacity['memory'] ?? '0'));
  return {
    node: {
      nodeName: node.name,
      startTime: new Date(startedMs).toISOString(),
      cpu: cpuFigures(whole, time),
      memory: { ...memoryFigures(whole, time), availableBytes: Math.max(0, memory - whole.memoryBytes) },
    },
    pods: pods.map(({ figures }) => figures),
  };
}

function podFigures({ pod, runs, behaviour }: PodLife, dice: Dice, nowMs: number) {
  const { name, namespace = '', uid, creationTimestamp } = pod.metadata;
  const time = new Date(nowMs).toISOString();
  const specs = new Map(podContainers(pod).map(({ spec }) => [spec.name, spec]));
  const running = runs.filter(({ state }) => state === 'running');
  const containers = running.map((run) => {
    const key = `${namespace}/${name}/${run.name}`;
    const use = containerUse(behaviour.usage, specs.get(run.name), { startedAtMs: run.startedAtMs, nowMs, dice, key });
    return { use, name: run.name, startTime: new Date(run.startedAtMs).toISOString() };
  });
  const uses = containers.map(({ use }) => use);
  const whole = sum(uses);
  const figures = {
    podRef: { name, namespace, uid },
    startTime: pod.status.startTime ?? creationTimestamp,
    containers: containers.map(({ use, ...container }) => ({
      ...container,
      cpu: cpuFigures(use, time),
      memory: memoryFigures(use, time),
    })),
    cpu: cpuFigures(whole, time),
    memory: memoryFigures(whole, time),
  };
  return { uses, figures };
}

function sum(uses: readonly ContainerUse[]): ContainerUse {
  const total = { cores: 0, coreSeconds: 0, memoryBytes: 0 };
  for (const { cores, coreSeconds, memoryBytes } of uses) {
    total.cores += cores;
    total.coreSeconds += coreSeconds;
    total.memoryBytes += memoryBytes;
  }
  return total;
}

function cpuFigures({ cores, coreSeconds }: ContainerUse, time: string): CpuFigures {
  return { time, usageNanoCores: Math.round(cores * 1e9), usageCoreNanoSeconds: Math.round(coreSeconds * 1e9) };
}

function memoryFigures({ memoryBytes }: ContainerUse, time: string): MemoryFigures {
  return { time, usageBytes: memoryBytes, workingSetBytes: memoryBytes, rssBytes: memoryBytes };
}
