import type { Container, EphemeralContainer, PodSpec } from '../../groups/core.v1.ts';

export interface PlacedContainer {
  /** Within the spec: `initContainers[0]`. */
  readonly path: string;
  readonly container: Container | EphemeralContainer;
}

const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** All containers of a pod in the order in which they may run. */
export function containersInOrder(spec: PodSpec): readonly PlacedContainer[] {
  const placed: PlacedContainer[] = [];
  for (const list of lists) {
    const containers = spec[list];
    if (containers == null) continue;
    for (const [index, container] of containers.entries()) placed.push({ path: `${list}[${index}]`, container });
  }
  return placed;
}
