/** The Node object as the kubelet writes it: a pure function of the machine, the settings and what was measured. */
import type { Node, NodeAddress, NodeCondition, NodeStatus, Taint } from '../../api/groups/core.v1.ts';
import { formatQuantity, quantityFromNumber } from '../../api/quantity.ts';
import { formatTime } from '../../api/time.ts';
import type { Image, RuntimeStatus, RuntimeVersion } from '../runtimes/runtime.ts';
import type { MachineFacts } from './machine-facts.ts';

export interface NodeFacts {
  readonly name: string;
  readonly ips: readonly string[];
  readonly podCidr: string | undefined;
  /** A cloud says which addresses the node has; those of `ips` hold until then. */
  readonly waitsForCloud: boolean;
  /** Put on the node when it is new. */
  readonly taints: readonly Taint[];
  readonly maxPods: number;
  /** Where the kubelet's own server listens. */
  readonly port: number;
  readonly kubeletVersion: string;
  readonly machine: MachineFacts;
  readonly runtime: RuntimeVersion;
}

export interface NodeObservation {
  readonly runtime: RuntimeStatus;
  readonly images: readonly Image[];
  /** Undefined: not measured. */
  readonly memoryAvailableBytes: number | undefined;
  readonly diskAvailableBytes: number | undefined;
}

type Amounts = Readonly<Record<string, string>>;

/** Below this the node is under pressure. */
const memoryThresholdBytes = 100 * 1024 * 1024;
const diskThresholdShare = 0.1;
const mostImages = 50;

function nodeCapacity({ machine, maxPods }: Pick<NodeFacts, 'machine' | 'maxPods'>): Amounts {
  const kibibytes = (bytes: number): string => `${Math.floor(bytes / 1024)}Ki`;
  return {
    cpu: String(machine.cpus),
    'ephemeral-storage': kibibytes(machine.diskBytes),
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: kibibytes(machine.memoryBytes),
    pods: String(maxPods),
  };
}

/** What is kept back is the reserve at which the node would count as under pressure. */
export function nodeAllocatable(facts: Pick<NodeFacts, 'machine' | 'maxPods'>): Amounts {
  const { machine } = facts;
  const disk = Math.floor(machine.diskBytes * (1 - diskThresholdShare));
  return {
    ...nodeCapacity(facts),
    'ephemeral-storage': formatQuantity(quantityFromNumber(disk)),
    memory: `${Math.floor((machine.memoryBytes - memoryThresholdBytes) / 1024)}Ki`,
  };
}

export function nodeLabels({ name, machine }: NodeFacts): Readonly<Record<string, string>> {
  const { architecture, operatingSystem } = machine;
  return {
    'beta.kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': operatingSystem,
    'kubernetes.io/arch': architecture,
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': operatingSystem,
  };
}

/** `current`: the node as it stands, whose transition times go on where nothing changed. */
export function nodeStatus(
  facts: NodeFacts,
  observed: NodeObservation,
  current: Node | undefined,
  nowMs: number,
): NodeStatus {
  const { machine, runtime } = facts;
  const { volumesAttached, volumesInUse } = current?.status ?? {};
  return {
    ...(volumesAttached === undefined ? {} : { volumesAttached }),
    ...(volumesInUse === undefined ? {} : { volumesInUse }),
    capacity: nodeCapacity(facts),
    allocatable: nodeAllocatable(facts),
    conditions: conditions(facts, observed, current, nowMs),
    addresses: nodeAddresses(facts, current),
    daemonEndpoints: { kubeletEndpoint: { Port: facts.port } },
    nodeInfo: {
      machineID: machine.machineId,
      systemUUID: machine.systemUuid,
      bootID: machine.bootId,
      kernelVersion: machine.kernelVersion,
      osImage: machine.osImage,
      containerRuntimeVersion: `${runtime.name}://${runtime.version}`,
      kubeletVersion: facts.kubeletVersion,
      kubeProxyVersion: '',
      operatingSystem: machine.operatingSystem,
      architecture: machine.architecture,
    },
    images: observed.images
      .toSorted((a, b) => b.sizeBytes - a.sizeBytes)
      .slice(0, mostImages)
      .map(({ digests, tags, sizeBytes }) => ({ names: [...digests, ...tags], sizeBytes })),
  };
}

function nodeAddresses({ ips, name, waitsForCloud }: NodeFacts, current: Node | undefined): readonly NodeAddress[] {
  const told = current?.status.addresses ?? [];
  if (waitsForCloud && told.length > 0) return told;
  return [...ips.map((address) => ({ type: 'InternalIP', address })), { type: 'Hostname', address: name }];
}

type Verdict = Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>;

function conditions(
  facts: NodeFacts,
  observed: NodeObservation,
  current: Node | undefined,
  nowMs: number,
): readonly NodeCondition[] {
  const verdicts = [memoryVerdict(observed), diskVerdict(facts, observed), pidVerdict, readyVerdict(observed)];
  const own = verdicts.map((verdict) => {
    const before = current?.status.conditions?.find(({ type }) => type === verdict.type);
    const lastTransitionTime = before?.status === verdict.status ? before.lastTransitionTime : formatTime(nowMs);
    return { ...verdict, lastHeartbeatTime: formatTime(nowMs), lastTransitionTime };
  });
  const others = current?.status.conditions?.filter(({ type }) => !verdicts.some((each) => each.type === type)) ?? [];
  return [...others, ...own];
}

function memoryVerdict({ memoryAvailableBytes }: NodeObservation): Verdict {
  const isShort = memoryAvailableBytes !== undefined && memoryAvailableBytes < memoryThresholdBytes;
  return isShort
    ? {
        type: 'MemoryPressure',
        status: 'True',
        reason: 'KubeletHasInsufficientMemory',
        message: 'kubelet has insufficient memory available',
      }
    : {
        type: 'MemoryPressure',
        status: 'False',
        reason: 'KubeletHasSufficientMemory',
        message: 'kubelet has sufficient memory available',
      };
}

function diskVerdict({ machine }: NodeFacts, { diskAvailableBytes }: NodeObservation): Verdict {
  const isShort = diskAvailableBytes !== undefined && diskAvailableBytes < machine.diskBytes * diskThresholdShare;
  return isShort
    ? { type: 'DiskPressure', status: 'True', reason: 'KubeletHasDiskPressure', message: 'kubelet has disk pressure' }
    : {
        type: 'DiskPressure',
        status: 'False',
        reason: 'KubeletHasNoDiskPressure',
        message: 'kubelet has no disk pressure',
      };
}

const pidVerdict: Verdict = {
  type: 'PIDPressure',
  status: 'False',
  reason: 'KubeletHasSufficientPID',
  message: 'kubelet has sufficient PID available',
};

function readyVerdict({ runtime }: NodeObservation): Verdict {
  const { runtimeReady, networkReady } = runtime;
  const problems = [
    ...(runtimeReady.ok
      ? []
      : [
          `container runtime not ready: RuntimeReady=false reason:${runtimeReady.reason} message:${runtimeReady.message}`,
        ]),
    ...(networkReady.ok
      ? []
      : [
          `container runtime network not ready: NetworkReady=false reason:${networkReady.reason} message:${networkReady.message}`,
        ]),
  ];
  return problems.length > 0
    ? { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: `[${problems.join(', ')}]` }
    : { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' };
}
