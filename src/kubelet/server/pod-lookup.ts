/** Finds what a request names: a pod of a node, and a container of it as it is now. */
import type { Pod } from '../../api/groups/core.v1.ts';
import type { ObservedContainer, PodObservation } from '../pods/observation.ts';
import { podContainers } from '../pods/pod-containers.ts';
import { HttpError } from './http-error.ts';

/** `uid`: '' for whichever pod has the name now. @throws HttpError when there is none. */
export type FindPod = (namespace: string, name: string, uid: string) => Promise<FoundPod>;

export interface FoundPod {
  readonly pod: Pod;
  readonly observed: PodObservation;
}

/** The one that has the name; of several the newest. @throws HttpError */
export function podNamed(pods: readonly Pod[], namespace: string, name: string, uid: string): Pod {
  const named = pods.filter(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  const pod = named.findLast(({ metadata }) => uid === '' || metadata.uid === uid);
  if (pod === undefined) throw new HttpError(404, `pod does not exist`);
  return pod;
}

/** @throws HttpError when the container does not run. */
export function runningContainer({ pod, observed }: FoundPod, name: string): ObservedContainer {
  checkName(pod, name);
  const running = observed.containers.find((each) => each.name === name && each.state === 'running');
  if (running === undefined) throw new HttpError(404, `container not found ("${name}")`);
  return running;
}

/** The run whose log is meant: the last one that began, or the one before. @throws HttpError */
export function loggedContainer({ pod, observed }: FoundPod, name: string, previous: boolean): ObservedContainer {
  checkName(pod, name);
  const runs = observed.containers.filter((each) => each.name === name && each.state !== 'created');
  const [latest, before] = runs;
  if (!previous) {
    if (latest !== undefined) return latest;
    const { initContainerStatuses = [], containerStatuses = [] } = pod.status;
    const status = [...initContainerStatuses, ...containerStatuses].find((each) => each.name === name);
    const { reason = 'ContainerCreating', message = '' } = status?.state.waiting ?? {};
    const why = message === '' || reason === 'ContainerCreating' ? reason : explain(reason, message);
    throw new HttpError(400, `container "${name}" in pod "${pod.metadata.name}" is waiting to start: ${why}`);
  }
  const ended = latest?.state === 'exited' && isBackingOff(pod, name) ? latest : before;
  if (ended === undefined) {
    throw new HttpError(400, `previous terminated container "${name}" in pod "${pod.metadata.name}" not found`);
  }
  return ended;
}

function explain(reason: string, message: string): string {
  if (reason === 'ImagePullBackOff' || reason === 'ErrImagePull') return 'trying and failing to pull image';
  return reason === 'CrashLoopBackOff' ? reason : message;
}

/** While a container waits to be run again, its last run is the previous one. */
function isBackingOff(pod: Pod, name: string): boolean {
  const all = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])];
  return all.find((each) => each.name === name)?.state.waiting !== undefined;
}

function checkName(pod: Pod, name: string): void {
  if (podContainers(pod).some(({ spec }) => spec.name === name)) return;
  throw new HttpError(404, `container ${name} not found in pod ${pod.metadata.name}_${pod.metadata.namespace}`);
}
