/** Stands in for scheduler and kubelets: binds pods to nodes, lets them run to the fate that the test says, and deletes them. */
import type { Pod } from '../../src/api/groups/core.v1.ts';
import { Nodes, Pods } from '../../src/api/resources.ts';
import { formatTime } from '../../src/api/time.ts';
import { objectKey, splitKey } from '../../src/client/informer.ts';
import type { Controller, Run } from '../../src/controllers/controller.ts';

/** `restarts`: it ran, after so many failures within the pod, to its end. */
export type Fate =
  | { readonly type: 'pending' | 'running' | 'ready' }
  | { readonly type: 'succeeded'; readonly restarts?: number }
  | { readonly type: 'failed'; readonly exitCode: number; readonly condition?: string };

export interface SimulatedPods {
  readonly controller: Controller;
  /** What becomes of pods from now on, those that are there included. */
  decide(fate: (pod: Pod) => Fate): void;
}

export const ready: Fate = { type: 'ready' };

/** `binds`: nobody else does. */
export function simulatePods(binds = true): SimulatedPods {
  let fateOf: (pod: Pod) => Fate = () => ready;
  let wake: () => void = () => undefined;
  return {
    decide(fate) {
      fateOf = fate;
      wake();
    },
    controller: {
      name: 'simulated-kubelet',
      alias: 'simulated-kubelet',
      start({ informer, enqueue }) {
        const pods = informer(Pods);
        informer(Nodes).onChange(() => wake());
        pods.onChange(({ object }) => enqueue(objectKey(object)));
        wake = () => pods.list().forEach((pod) => enqueue(objectKey(pod)));
        return async (key, run) => {
          const { namespace, name } = splitKey(key);
          const pod = pods.get(namespace, name);
          const waits = !binds && pod?.spec.nodeName === undefined && pod?.metadata.deletionTimestamp === undefined;
          if (pod !== undefined && !waits) await advance(run, pod, fateOf(pod));
        };
      },
    },
  };
}

async function advance(run: Run, pod: Pod, fate: Fate): Promise<void> {
  const { client } = run;
  const { metadata, spec, status } = pod;
  if (metadata.deletionTimestamp !== undefined) {
    if (metadata.deletionGracePeriodSeconds === 0) return;
    return client.delete(Pods, metadata, { gracePeriodSeconds: 0, uid: metadata.uid });
  }
  if (spec.nodeName === undefined) {
    const nodes = (await client.list(Nodes)).items.map((node) => node.metadata.name);
    const wanted = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    const name = wanted?.[0]?.matchFields?.[0]?.values?.[0] ?? nodes[0];
    if (name === undefined || (wanted !== undefined && !nodes.includes(name))) return;
    await client.createSubresource(Pods, metadata, 'binding', {
      metadata: { name: metadata.name },
      target: { kind: 'Node', name },
    });
    return;
  }
  if (status.phase === 'Succeeded' || status.phase === 'Failed') return;
  const next = statusOf(pod, fate, run.nowMs);
  const isReady = (of: Pod['status']) =>
    (of.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True');
  if (next.phase === status.phase && isReady(next) === isReady(status)) return;
  await client.updateStatus(Pods, { ...pod, status: next });
}

let addresses = 0;

function statusOf({ spec, status }: Pod, fate: Fate, nowMs: number): Pod['status'] {
  const at = formatTime(nowMs);
  const condition = (type: string, holds: boolean) => ({
    type,
    status: holds ? 'True' : 'False',
    lastTransitionTime: at,
    lastProbeTime: null as unknown as string,
  });
  const ended = fate.type === 'failed' || fate.type === 'succeeded';
  const exitCode = fate.type === 'failed' ? fate.exitCode : 0;
  const state = ended
    ? { terminated: { exitCode, startedAt: at, finishedAt: at } }
    : fate.type === 'pending'
      ? { waiting: { reason: 'ContainerCreating' } }
      : { running: { startedAt: at } };
  const phases = { pending: 'Pending', running: 'Running', ready: 'Running', succeeded: 'Succeeded', failed: 'Failed' };
  const isUp = fate.type === 'ready';
  const told = fate.type === 'failed' && fate.condition !== undefined ? [condition(fate.condition, true)] : [];
  const podIP = status.podIP ?? `10.1.${Math.floor(addresses / 250)}.${(addresses++ % 250) + 1}`;
  return {
    ...status,
    phase: phases[fate.type],
    podIP,
    podIPs: [{ ip: podIP }],
    conditions: [
      condition('PodScheduled', true),
      condition('ContainersReady', isUp),
      condition('Ready', isUp),
      ...told,
    ],
    containerStatuses: spec.containers.map(({ name, image = '' }) => ({
      name,
      image,
      imageID: '',
      ready: isUp,
      restartCount: fate.type === 'succeeded' ? (fate.restarts ?? 0) : 0,
      state,
      lastState: {},
    })),
  };
}
