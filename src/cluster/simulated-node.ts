/** A node that pretends: its pods get addresses and statuses, no container runs. It has neither proxy nor DNS. */
import { systemClock } from '../base/clock.ts';
import { runKubelet } from '../kubelet/kubelet.ts';
import { createSimulatedRuntime } from '../kubelet/runtimes/simulated.ts';
import { kubelet } from './identities.ts';
import { kubeletOptions, type NodeContext } from './node-context.ts';
import type { Part } from './supervise.ts';

export function simulatedNodePart(node: NodeContext): Part {
  const podCidr = node.network.podSubnet(node.index);
  const options = { ...kubeletOptions(node), simulated: true, podCidr, bindAddress: '127.0.0.1', port: 0 };
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
