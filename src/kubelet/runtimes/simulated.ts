/**
 * A container runtime without containers: sandboxes get addresses that lead nowhere, processes are functions on a
 * clock, logs are real files. For machines without root, other systems than Linux, tests on virtual time, and clusters
 * of thousands of nodes. What programs do is told in simulated-command.ts.
 */
import type { Clock } from '../../base/clock.ts';
import { createAddressPool } from './address-pool.ts';
import type { ContainerRuntime } from './runtime.ts';
import { simulatedContainers } from './simulated-containers.ts';
import { simulatedImages } from './simulated-images.ts';
import { createMachine } from './simulated-machine.ts';
import { simulatedSandboxes } from './simulated-sandboxes.ts';

export interface SimulatedRuntimeOptions {
  readonly clock: Clock;
  /** Addresses of sandboxes; default `10.244.0.0/24`. */
  readonly podSubnet?: string;
}

export function createSimulatedRuntime(options: SimulatedRuntimeOptions): ContainerRuntime {
  const machine = createMachine(options.clock, simulatedImages(options.clock));
  const ready = { ok: true, reason: '', message: '' };
  return {
    sandboxes: simulatedSandboxes(machine, createAddressPool(options.podSubnet ?? '10.244.0.0/24')),
    containers: simulatedContainers(machine),
    images: machine.images,
    version: async () => ({ name: 'simulated', version: '1.0.0', apiVersion: 'v1' }),
    status: async () => ({ runtimeReady: ready, networkReady: ready }),
    subscribe(listener) {
      machine.listeners.add(listener);
      return () => void machine.listeners.delete(listener);
    },
    close() {
      machine.listeners.clear();
      for (const { process } of machine.containers.values()) process?.end();
    },
  };
}
