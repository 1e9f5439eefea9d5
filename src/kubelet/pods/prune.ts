/** Dead containers are kept for their logs: of each container of a pod the newest one that ended. Older ones go, with their logs. */
import { rm } from 'node:fs/promises';
import { labelNames } from '../containers/labels.ts';
import type { Container, ContainerRuntime } from '../runtimes/runtime.ts';

export async function pruneContainers(runtime: ContainerRuntime, containers: readonly Container[]): Promise<void> {
  for (const { id } of superfluous(containers)) {
    const status = await runtime.containers.status(id);
    await runtime.containers.remove(id);
    if (status !== undefined && status.logPath !== '') await rm(status.logPath, { force: true });
  }
}

/** All that ended but the newest of each; a container that is running now has one dead predecessor. */
function superfluous(containers: readonly Container[]): readonly Container[] {
  const seen = new Set<string>();
  return containers
    .filter(({ state }) => state === 'exited')
    .toSorted((a, b) => b.createdAtMs - a.createdAtMs)
    .filter(({ labels }) => {
      const key = `${labels[labelNames.podUid]}/${labels[labelNames.containerName]}`;
      const isOlder = seen.has(key);
      seen.add(key);
      return isOlder;
    });
}
