/**
 * A pod as the scheduler sees it: read once when it arrives, so that no decision parses a quantity or walks containers.
 */
import type { ContainerPort, Pod } from '../api/groups/core.v1.ts';
import { neededFeatures } from './plugins/node-declared-features/needed-features.ts';
import { podTags } from './pod-tags.ts';
import { podRequests, podScoringRequests, type Amounts } from './pod-requests.ts';

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

export interface PodInfo {
  readonly pod: Pod;
  readonly key: string;
  readonly uid: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: number;
  readonly requests: Amounts;
  /** Requests with what scoring assumes for containers that ask for nothing. */
  readonly scoring: { readonly cpu: number; readonly memory: number };
  readonly hostPorts: readonly HostPort[];
  /** The pod is going away. */
  readonly terminating: boolean;
  /** What made the pod, such as a replica set: its uid, '' without one. */
  readonly controller: string;
  /** By which what looks for pods finds this one; see pod-tags.ts. */
  readonly tags: readonly string[];
  /** Equal for pods that every filter which looks at the node alone must treat alike. */
  readonly nodeSignature: string;
}

export function podInfo(pod: Pod): PodInfo {
  const { spec, metadata } = pod;
  const labels = metadata.labels ?? {};
  const controller = metadata.ownerReferences?.find((owner) => owner.controller === true)?.uid ?? '';
  return {
    pod,
    key: `${metadata.namespace}/${metadata.name}`,
    uid: metadata.uid,
    namespace: metadata.namespace,
    labels,
    priority: spec.priority ?? 0,
    requests: podRequests(pod),
    scoring: podScoringRequests(pod),
    hostPorts: hostPorts(pod),
    terminating: metadata.deletionTimestamp !== undefined,
    controller,
    tags: podTags(metadata.namespace, labels, controller),
    nodeSignature: JSON.stringify([
      spec.nodeName ?? '',
      spec.nodeSelector ?? {},
      spec.affinity?.nodeAffinity ?? {},
      spec.tolerations ?? [],
      neededFeatures(pod),
    ]),
  };
}

function hostPorts(pod: Pod): readonly HostPort[] {
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  return [...pod.spec.containers, ...sidecars].flatMap((container) =>
    (container.ports ?? []).flatMap((port) => hostPort(port)),
  );
}

function hostPort({ hostPort: port = 0, hostIP = '', protocol = 'TCP' }: ContainerPort): readonly HostPort[] {
  if (port <= 0) return [];
  return [{ ip: hostIP === '' ? '0.0.0.0' : hostIP, protocol, port }];
}
