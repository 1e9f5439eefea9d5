/**
 * Adds host ports to a runtime whose network plug-ins do not make them: opens them when a sandbox runs and closes them
 * when it stops.
 */
import type { HostPort, PodNetwork } from './pod-network.ts';
import type { SandboxService } from './runtime.ts';
import { RuntimeError } from './runtime.ts';

export function withHostPorts(sandboxes: SandboxService, network: PodNetwork): SandboxService {
  const open = new Map<string, readonly HostPort[]>();
  const close = async (sandboxId: string): Promise<void> => {
    const ports = open.get(sandboxId);
    open.delete(sandboxId);
    if (ports !== undefined) await network.removeHostPorts(ports);
  };
  return {
    ...sandboxes,
    async run(config) {
      const sandboxId = await sandboxes.run(config);
      const mappings = (config.portMappings ?? []).filter(({ hostPort }) => hostPort > 0);
      if (mappings.length === 0 || config.security?.namespaces?.network === 'node') return sandboxId;
      try {
        const podIp = (await sandboxes.status(sandboxId))?.ips[0];
        if (podIp === undefined) throw new RuntimeError('FailedPrecondition', `Sandbox ${sandboxId} has no address`);
        const ports = mappings.map((mapping) => ({ ...mapping, podIp }));
        await network.addHostPorts(ports);
        open.set(sandboxId, ports);
        return sandboxId;
      } catch (error) {
        await sandboxes.stop(sandboxId);
        await sandboxes.remove(sandboxId);
        throw error;
      }
    },
    async stop(sandboxId) {
      await close(sandboxId);
      await sandboxes.stop(sandboxId);
    },
    async remove(sandboxId) {
      await close(sandboxId);
      await sandboxes.remove(sandboxId);
    },
  };
}
