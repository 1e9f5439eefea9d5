/** Containers over the Container Runtime Interface. */
import type { ContainerService } from '../runtimes/runtime.ts';
import type { CriClient } from './client.ts';
import { containerFromCri, containerStatsFromCri, containerStatusFromCri } from './from-cri.ts';
import { nothingWhenNotFound } from './sandboxes.ts';
import { openProcess } from './streams.ts';
import { containerConfigToCri, containerFilterToCri, resourcesToCri, sandboxConfigToCri } from './to-cri.ts';

/** What a stop may take beyond its grace period before the call is given up. */
const stopReserveMs = 120_000;
/** The runtime ends a command that takes too long itself; this is for one that does not answer any more. */
const execReserveMs = 10_000;

export function criContainers(client: CriClient): ContainerService {
  return {
    async create(podSandboxId, config, sandboxConfig) {
      const request = {
        podSandboxId,
        config: containerConfigToCri(config),
        sandboxConfig: sandboxConfigToCri(sandboxConfig),
      };
      return (await client.call('createContainer', request)).containerId;
    },
    async start(containerId) {
      await client.call('startContainer', { containerId });
    },
    async stop(containerId, timeoutSeconds) {
      const request = { containerId, timeout: timeoutSeconds };
      await client.call('stopContainer', request, timeoutSeconds * 1000 + stopReserveMs).catch(nothingWhenNotFound);
    },
    async remove(containerId) {
      await client.call('removeContainer', { containerId });
    },
    async list(filter = {}) {
      const answer = await client.call('listContainers', { filter: containerFilterToCri(filter) });
      return answer.containers.map(containerFromCri);
    },
    async status(containerId) {
      const answer = await client.call('containerStatus', { containerId }).catch(nothingWhenNotFound);
      return answer?.status ? containerStatusFromCri(answer.status) : undefined;
    },
    async updateResources(containerId, resources) {
      await client.call('updateContainerResources', { containerId, linux: resourcesToCri(resources) });
    },
    async reopenLog(containerId) {
      await client.call('reopenContainerLog', { containerId });
    },
    async execSync(containerId, command, timeoutMs = 0) {
      const timeout = Math.ceil(timeoutMs / 1000);
      const deadlineMs = timeoutMs === 0 ? 0 : timeout * 1000 + execReserveMs;
      return await client.call('execSync', { containerId, cmd: command, timeout }, deadlineMs);
    },
    async exec(containerId, request) {
      const { command, ...streams } = request;
      const { url } = await client.call('exec', { containerId, cmd: command, ...streams });
      return await openProcess(url, request);
    },
    async attach(containerId, request) {
      const { url } = await client.call('attach', { containerId, ...request });
      return await openProcess(url, request);
    },
    async stats(filter = {}) {
      const request = { filter: { id: filter.id, podSandboxId: filter.sandboxId, labelSelector: filter.labels } };
      return (await client.call('listContainerStats', request)).stats.map(containerStatsFromCri);
    },
  };
}
