/**
 * Where a node keeps what on disk, below its root directory:
 *
 *   pods/UID/volumes/KIND/NAME      volumes            pods/UID/etc-hosts             /etc/hosts of its containers
 *   pods/UID/containers/NAME/N      termination message of run N
 *   memory/UID/NAME                 volumes that must not touch a disk: one tmpfs for the node
 *   logs/NAMESPACE_POD_UID/NAME/N.log
 */
import { join } from 'node:path';
import type { Pod } from '../api/groups/core.v1.ts';

export interface NodePaths {
  readonly root: string;
  readonly pods: string;
  readonly memory: string;
  readonly logs: string;
}

export function nodePaths(root: string): NodePaths {
  return { root, pods: join(root, 'pods'), memory: join(root, 'memory'), logs: join(root, 'logs') };
}

export function podDirectory(paths: NodePaths, uid: string): string {
  return join(paths.pods, uid);
}

export function memoryDirectory(paths: NodePaths, uid: string): string {
  return join(paths.memory, uid);
}

export function podLogDirectory(paths: NodePaths, pod: Pod): string {
  const { namespace, name, uid } = pod.metadata;
  return join(paths.logs, `${namespace}_${name}_${uid}`);
}

/** Relative to the pod's log folder, as the container runtime wants it. */
export function containerLogPath(container: string, attempt: number): string {
  return join(container, `${attempt}.log`);
}

/** `kind`: such as configmap; on disk it has Kubernetes' name for it. */
export function volumeDirectory(paths: NodePaths, uid: string, kind: string, name: string): string {
  return join(podDirectory(paths, uid), 'volumes', `kubernetes.io~${kind}`, name);
}

export function hostsFile(paths: NodePaths, uid: string): string {
  return join(podDirectory(paths, uid), 'etc-hosts');
}

export function messageFile(paths: NodePaths, uid: string, container: string, attempt: number): string {
  return join(podDirectory(paths, uid), 'containers', container, String(attempt));
}

/** Parts of volumes as one run of a container mounts them. */
export function subPathDirectory(paths: NodePaths, uid: string, container: string, attempt: number): string {
  return join(podDirectory(paths, uid), 'volume-subpaths', container, String(attempt));
}
