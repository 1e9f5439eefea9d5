/** A pod's containers in one list, each with the part it plays. */
import { createHash } from 'node:crypto';
import type { Container, Pod } from '../../api/groups/core.v1.ts';

/** `init` runs to its end before the next starts, `sidecar` is an init container that keeps running beside the main ones. */
export type ContainerRole = 'init' | 'sidecar' | 'main' | 'ephemeral';

export interface PodContainer {
  readonly role: ContainerRole;
  readonly spec: Container;
  /** The container whose processes an ephemeral one sees. */
  readonly target?: string | undefined;
}

/** In the order of the spec: init containers and sidecars, main containers, ephemeral ones. */
export function podContainers(pod: Pod): readonly PodContainer[] {
  const { initContainers = [], containers, ephemeralContainers = [] } = pod.spec;
  return [
    ...initContainers.map((spec): PodContainer => ({
      role: spec.restartPolicy === 'Always' ? 'sidecar' : 'init',
      spec,
    })),
    ...containers.map((spec): PodContainer => ({ role: 'main', spec })),
    ...ephemeralContainers.map((spec): PodContainer => ({ role: 'ephemeral', spec, target: spec.targetContainerName })),
  ];
}

/** Changes when a running container must be replaced: of what it is made of, only the image may change. */
export function containerHash(spec: Container): string {
  return createHash('sha256')
    .update(JSON.stringify([spec.name, spec.image]))
    .digest('hex')
    .slice(0, 8);
}

/** `name_namespace(uid)`: how events call a pod. */
export function describePod(pod: Pod): string {
  const { name, namespace, uid } = pod.metadata;
  return `${name}_${namespace}(${uid})`;
}
