/** Sandboxes over the Container Runtime Interface. */
import type { Duplex } from 'node:stream';
import type { SandboxService } from '../runtimes/runtime.ts';
import { RuntimeError } from '../runtimes/runtime.ts';
import type { CriClient } from './client.ts';
import { sandboxFromCri, sandboxStatsFromCri, sandboxStatusFromCri } from './from-cri.ts';
import { openPortForward } from './streams.ts';
import { sandboxConfigToCri } from './to-cri.ts';

/** Making a sandbox waits for the network's set-up; the kubelet gives it twice the usual time. */
const runTimeoutMs = 240_000;

export function criSandboxes(client: CriClient): SandboxService {
  return {
    async run(config) {
      const request = { config: sandboxConfigToCri(config), runtimeHandler: config.runtimeHandler };
      return (await client.call('runPodSandbox', request, runTimeoutMs)).podSandboxId;
    },
    async stop(podSandboxId) {
      await client.call('stopPodSandbox', { podSandboxId });
    },
    async remove(podSandboxId) {
      await client.call('removePodSandbox', { podSandboxId });
    },
    async list(filter = {}) {
      const state =
        filter.state === undefined
          ? undefined
          : ({ state: filter.state === 'ready' ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY' } as const);
      const request = { filter: { id: filter.id, state, labelSelector: filter.labels } };
      return (await client.call('listPodSandbox', request)).items.map(sandboxFromCri);
    },
    async status(podSandboxId) {
      const answer = await client.call('podSandboxStatus', { podSandboxId }).catch(nothingWhenNotFound);
      return answer?.status ? sandboxStatusFromCri(answer.status) : undefined;
    },
    async portForward(podSandboxId, port): Promise<Duplex> {
      const { url } = await client.call('portForward', { podSandboxId, port: [port] });
      return openPortForward(url, port);
    },
    async stats(filter = {}) {
      const { stats } = await client.call('listPodSandboxStats', { filter: { id: filter.sandboxId } });
      return stats.map(sandboxStatsFromCri);
    },
  };
}

export function nothingWhenNotFound(error: unknown): undefined {
  if (error instanceof RuntimeError && error.code === 'NotFound') return undefined;
  throw error;
}
