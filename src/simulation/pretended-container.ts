/** Names of containers that do not exist, and what a status tells of those that a simulation before this one pretended. */
import { hash } from 'node:crypto';
import type { ContainerStatus, Pod } from '../api/groups/core.v1.ts';
import type { ObservedContainer } from '../kubelet/pods/observation.ts';
import { containerHash, podContainers } from '../kubelet/pods/pod-containers.ts';

export function containerId(podUid: string, name: string, attempt: number): string {
  return digest(`${podUid}/${name}/${attempt}`);
}

const references = new Map<string, string>();
const mostReferences = 10_000;

/** What an image is known by once it was pulled. */
export function imageReference(image: string): string {
  const known = references.get(image);
  if (known !== undefined) return known;
  const reference = `sha256:${digest(image)}`;
  if (references.size >= mostReferences) references.clear();
  references.set(image, reference);
  return reference;
}

/** The containers that the pod's status says were started, newest first. */
export function adoptedContainers(pod: Pod): readonly ObservedContainer[] {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status;
  const specs = new Map(podContainers(pod).map(({ spec }) => [spec.name, spec]));
  return [...initContainerStatuses, ...containerStatuses].toReversed().flatMap((status) => {
    const spec = specs.get(status.name);
    const container = spec === undefined ? undefined : adopted(pod, status);
    return container === undefined || spec === undefined ? [] : [{ ...container, hash: containerHash(spec) }];
  });
}

function adopted(pod: Pod, status: ContainerStatus): ObservedContainer | undefined {
  const { running } = status.state;
  const over = status.state.terminated ?? status.lastState.terminated;
  if (running === undefined && over === undefined) return undefined;
  const startedAtMs = Date.parse(running?.startedAt ?? over?.startedAt ?? '') || 0;
  return {
    id: status.containerID?.split('://')[1] ?? containerId(pod.metadata.uid, status.name, status.restartCount),
    sandboxId: containerId(pod.metadata.uid, '', 0),
    name: status.name,
    attempt: status.restartCount,
    hash: '',
    image: status.image,
    imageRef: status.imageID,
    state: running === undefined ? 'exited' : 'running',
    createdAtMs: startedAtMs,
    startedAtMs,
    finishedAtMs: running === undefined ? Date.parse(over?.finishedAt ?? '') || 0 : 0,
    exitCode: running === undefined ? (over?.exitCode ?? 0) : 0,
    reason: running === undefined ? (over?.reason ?? '') : '',
    message: running === undefined ? (over?.message ?? '') : '',
    logPath: '',
  };
}

function digest(text: string): string {
  return hash('sha256', text);
}
