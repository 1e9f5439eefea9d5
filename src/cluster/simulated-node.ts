/** A node that pretends: its pods get addresses and statuses, no container runs. It has neither proxy nor DNS. */
import type { Taint } from '../api/groups/core.v1.ts';
import { systemClock } from '../base/clock.ts';
import { runKubelet } from '../kubelet/kubelet.ts';
import { createSimulatedRuntime } from '../kubelet/runtimes/simulated.ts';
import { kubelet } from './identities.ts';
import { kubeletOptions, type NodeContext } from './node-context.ts';
import type { Part } from './supervise.ts';

/** Keeps ordinary pods from nodes that only pretend, where there is a real one. */
export const simulatedTaint: Taint = { key: 'slipway.dev/simulated', value: 'true', effect: 'NoSchedule' };

export interface SimulatedNodeOptions {
  /** Another node of the cluster runs containers. */
  readonly besideReal: boolean;
}

export function simulatedNodePart(node: NodeContext, { besideReal }: SimulatedNodeOptions): Part {
  const podCidr = node.network.podSubnet(node.index);
  const options = {
    ...kubeletOptions(node),
    simulated: true,
    podCidr,
    bindAddress: '127.0.0.1',
    port: 0,
    registerWithTaints: besideReal ? [simulatedTaint] : [],
  };
  const context = node.component('kubelet', kubelet(node.name));
  return {
    name: `kubelet ${node.name}`,
    async run(signal) {
      const runtime = createSimulatedRuntime({ clock: systemClock, podSubnet: podCidr });
      try {
        await runKubelet(signal, context, { ...options, runtime });
      } finally {
        runtime.close();
      }
    },
  };
}
