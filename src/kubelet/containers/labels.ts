/** The labels and annotations that tie sandboxes and containers to their pod; tools such as crictl know them by these names. */
import type { Pod } from '../../api/groups/core.v1.ts';
import type { StringMap } from '../runtimes/runtime.ts';
import { containerHash, type PodContainer } from '../pods/pod-containers.ts';

export const labelNames = {
  podName: 'io.kubernetes.pod.name',
  podNamespace: 'io.kubernetes.pod.namespace',
  podUid: 'io.kubernetes.pod.uid',
  containerName: 'io.kubernetes.container.name',
} as const;

export const annotationNames = {
  hash: 'io.kubernetes.container.hash',
  restartCount: 'io.kubernetes.container.restartCount',
  messagePath: 'io.kubernetes.container.terminationMessagePath',
  messagePolicy: 'io.kubernetes.container.terminationMessagePolicy',
  gracePeriod: 'io.kubernetes.pod.terminationGracePeriod',
} as const;

export function podLabels(pod: Pod): StringMap {
  const { name, namespace, uid } = pod.metadata;
  return { [labelNames.podName]: name, [labelNames.podNamespace]: namespace, [labelNames.podUid]: uid };
}

export function containerLabels(pod: Pod, container: PodContainer): StringMap {
  return { ...podLabels(pod), [labelNames.containerName]: container.spec.name };
}

export function containerAnnotations(pod: Pod, { spec }: PodContainer, attempt: number): StringMap {
  return {
    [annotationNames.hash]: containerHash(spec),
    [annotationNames.restartCount]: String(attempt),
    [annotationNames.messagePath]: spec.terminationMessagePath ?? '',
    [annotationNames.messagePolicy]: spec.terminationMessagePolicy ?? '',
    [annotationNames.gracePeriod]: String(pod.spec.terminationGracePeriodSeconds ?? 30),
  };
}
