/** Sandboxes of the simulated runtime: an address from the subnet, and an HTTP answer on every port. */
import { createServer } from 'node:http';
import { duplexPair } from 'node:stream';
import { RuntimeError, type Sandbox, type SandboxService } from './runtime.ts';
import type { AddressPool } from './address-pool.ts';
import { containerStats, endContainer } from './simulated-containers.ts';
import { findSandbox, carriesLabels, type SimulatedMachine, type SimulatedSandbox } from './simulated-machine.ts';

export function simulatedSandboxes(machine: SimulatedMachine, addresses: AddressPool): SandboxService {
  const stop = async (id: string): Promise<void> => {
    const sandbox = machine.sandboxes.get(id);
    if (sandbox === undefined) return;
    sandbox.isReady = false;
    if (sandbox.ip !== undefined) addresses.release(sandbox.ip);
    sandbox.ip = undefined;
    const containers = [...machine.containers.values()].filter(({ sandboxId }) => sandboxId === id);
    await Promise.all(containers.map(endContainer));
  };
  return {
    async run(config) {
      const { name, namespace, attempt } = config.metadata;
      for (const other of machine.sandboxes.values()) {
        const { metadata } = other.config;
        if (
          metadata.name === name &&
          metadata.namespace === namespace &&
          metadata.uid === config.metadata.uid &&
          metadata.attempt === attempt
        ) {
          throw new RuntimeError(
            'Unknown',
            `rpc error: code = Unknown desc = failed to reserve sandbox name "${name}_${namespace}_${attempt}": name is reserved for "${other.id}"`,
          );
        }
      }
      const id = machine.newId();
      const usesNode = config.security?.namespaces?.network === 'node';
      const ip = usesNode ? undefined : addresses.take();
      machine.sandboxes.set(id, { id, config, createdAtMs: machine.clock.now(), isReady: true, ip });
      return id;
    },
    stop,
    async remove(id) {
      await stop(id);
      for (const container of machine.containers.values()) {
        if (container.sandboxId === id) machine.containers.delete(container.id);
      }
      machine.sandboxes.delete(id);
    },
    async list(filter = {}) {
      const sandboxes = [...machine.sandboxes.values()].map(describe);
      return sandboxes.filter(
        ({ id, state, labels }) =>
          (filter.id === undefined || filter.id === id) &&
          (filter.state === undefined || filter.state === state) &&
          carriesLabels(labels, filter.labels),
      );
    },
    async status(id) {
      const sandbox = machine.sandboxes.get(id);
      if (sandbox === undefined) return undefined;
      return { ...describe(sandbox), ips: sandbox.ip === undefined ? [] : [sandbox.ip] };
    },
    async portForward(id, port) {
      const { config } = findSandbox(machine, id);
      const server = createServer((_req, res) => res.end(`${config.metadata.name} answers on port ${port}\n`));
      const [near, far] = duplexPair();
      server.emit('connection', far);
      return near;
    },
    async stats(filter = {}) {
      const sandboxes = [...machine.sandboxes.values()].filter(
        ({ id, isReady }) => isReady && (filter.sandboxId === undefined || filter.sandboxId === id),
      );
      return sandboxes.map((sandbox) => sandboxStats(machine, sandbox));
    },
  };
}

function describe(sandbox: SimulatedSandbox): Sandbox {
  return {
    id: sandbox.id,
    metadata: sandbox.config.metadata,
    state: sandbox.isReady ? 'ready' : 'not-ready',
    createdAtMs: sandbox.createdAtMs,
    labels: sandbox.config.labels ?? {},
    annotations: sandbox.config.annotations ?? {},
  };
}

function sandboxStats(machine: SimulatedMachine, sandbox: SimulatedSandbox) {
  const containers = [...machine.containers.values()]
    .filter(({ sandboxId, state }) => sandboxId === sandbox.id && state === 'running')
    .map((container) => containerStats(machine.clock, container));
  const timestampMs = machine.clock.now();
  const sum = (value: (stats: (typeof containers)[number]) => number): number =>
    containers.reduce((total, stats) => total + value(stats), 0);
  const usageCoreNanoSeconds = sum((stats) => stats.cpu.usageCoreNanoSeconds);
  const workingSetBytes = sum((stats) => stats.memory.workingSetBytes);
  return {
    sandboxId: sandbox.id,
    metadata: sandbox.config.metadata,
    labels: sandbox.config.labels ?? {},
    cpu: { timestampMs, usageCoreNanoSeconds },
    memory: { timestampMs, workingSetBytes, usageBytes: workingSetBytes, rssBytes: workingSetBytes },
    network: { name: 'eth0', receivedBytes: 0, receiveErrors: 0, sentBytes: 0, sendErrors: 0 },
    processCount: containers.length,
    containers,
  };
}
