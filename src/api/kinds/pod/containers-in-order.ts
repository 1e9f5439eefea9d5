import type { Container, EphemeralContainer, PodSpec } from '../../groups/core.v1.ts';

export interface PlacedContainer {
  /** Within the spec: `initContainers[0]`. */
  readonly path: string;
  readonly container: Container | EphemeralContainer;
}

/** All containers of a pod in the order in which they may run. */
export function containersInOrder(spec: PodSpec): readonly PlacedContainer[] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, index) => ({ path: `${list}[${index}]`, container })),
  );
}
