/** A pod's status as the API shows it: a pure function of its spec, what the runtime says, and what the worker remembers. */
import type { ContainerStatus, Pod, PodStatus } from '../../api/groups/core.v1.ts';
import { formatTime } from '../../api/time.ts';
import { containerRun } from './container-run.ts';
import { podConditions } from './conditions.ts';
import { containerStatus, type ContainerReadiness } from './container-status.ts';
import type { PodObservation } from './observation.ts';
import { podPhase } from './phase.ts';
import type { Waiting } from './plan.ts';
import { podContainers } from './pod-containers.ts';
import { podQosClass } from '../../api/kinds/pod/qos.ts';

export interface StatusInput {
  readonly pod: Pod;
  readonly observed: PodObservation;
  /** By container name: the status as it was reported while the runtime last knew the container. */
  readonly recorded: ReadonlyMap<string, ContainerStatus>;
  /** By container name: why it does not run. */
  readonly waiting: ReadonlyMap<string, Waiting>;
  readonly readiness: ContainerReadiness;
  readonly nodeIps: readonly string[];
  readonly runtimeName: string;
  readonly startedAtMs: number;
  readonly nowMs: number;
  /** Nothing of the pod runs any more, nor will. */
  readonly isOver: boolean;
  /** Why the kubelet itself ended the pod. */
  readonly failure?: Waiting | undefined;
}

export function podStatus(input: StatusInput): PodStatus {
  const { pod, observed, failure, nowMs } = input;
  const containers = podContainers(pod);
  const hasInitialized = containers.every(({ role, spec }) => {
    const run = role === 'init' ? containerRun(observed, spec.name, input.recorded.get(spec.name)) : undefined;
    return run === undefined || (run.state === 'ended' && run.exitCode === 0);
  });
  const statuses = new Map(
    containers.map((container) => {
      const { name } = container.spec;
      const own = { ...input, hasInitialized, recorded: input.recorded.get(name), waiting: input.waiting.get(name) };
      return [name, containerStatus(own, container)] as const;
    }),
  );
  const usual = podPhase(pod, statuses, input.isOver);
  const phase = failure !== undefined && input.isOver ? 'Failed' : usual;
  const [sandbox] = observed.sandboxes;
  const hasSandbox = sandbox?.state === 'ready' && (pod.spec.hostNetwork === true || sandbox.ips.length > 0);
  const { generation } = pod.metadata;
  const listOf = (roles: readonly string[]): readonly ContainerStatus[] =>
    containers
      .filter(({ role }) => roles.includes(role))
      .map(({ spec }) => statuses.get(spec.name))
      .filter((status) => status !== undefined);
  const inits = listOf(['init', 'sidecar']);
  const ephemeral = listOf(['ephemeral']);
  return {
    ...keptFields(pod.status),
    ...(generation === undefined || generation === 0 ? {} : { observedGeneration: generation }),
    phase,
    conditions: podConditions({ pod, phase, statuses, hasSandbox, nowMs }),
    ...(failure === undefined ? {} : { reason: failure.reason, message: failure.message }),
    ...addresses(input, hasSandbox ? sandbox.ips : []),
    startTime: formatTime(input.startedAtMs),
    ...(inits.length === 0 ? {} : { initContainerStatuses: inits }),
    containerStatuses: listOf(['main']).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ...(ephemeral.length === 0 ? {} : { ephemeralContainerStatuses: ephemeral }),
    qosClass: pod.status.qosClass ?? podQosClass(pod.spec),
  };
}

/** What others write. */
function keptFields(status: PodStatus): Partial<PodStatus> {
  const { nominatedNodeName, resize, resourceClaimStatuses, message, reason } = status;
  return {
    ...(nominatedNodeName === undefined ? {} : { nominatedNodeName }),
    ...(resize === undefined ? {} : { resize }),
    ...(resourceClaimStatuses === undefined ? {} : { resourceClaimStatuses }),
    ...(message === undefined ? {} : { message }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function addresses({ pod, nodeIps }: StatusInput, sandboxIps: readonly string[]): Partial<PodStatus> {
  const [hostIP] = nodeIps;
  const host = hostIP === undefined ? {} : { hostIP, hostIPs: nodeIps.map((ip) => ({ ip })) };
  const known = (pod.status.podIPs ?? []).map(({ ip }) => ip);
  const own = pod.spec.hostNetwork === true ? nodeIps : sandboxIps.length > 0 ? sandboxIps : known;
  const [podIP] = own;
  return podIP === undefined ? host : { ...host, podIP, podIPs: own.map((ip) => ({ ip })) };
}
