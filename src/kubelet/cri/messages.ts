/**
 * The part of the Container Runtime Interface (gRPC package `runtime.v1`) that a kubelet on Linux speaks: field names,
 * numbers and methods. The table follows the order of the published interface; what nobody here reads or writes is left
 * out.
 */
import { bool, bytes, wireChoice, dictionary, int32, int64, many, wireMessage, numbers, one, oneOf } from './schema.ts';
import { string, strings, uint32, uint64, type Message } from './schema.ts';

const Int64Value = wireMessage('Int64Value', { value: int64(1) });
const UInt64Value = wireMessage('UInt64Value', { value: uint64(1) });

const DnsConfig = wireMessage('DNSConfig', { servers: strings(1), searches: strings(2), options: strings(3) });
const Protocol = wireChoice('Protocol', { TCP: 0, UDP: 1, SCTP: 2 });
const PortMapping = wireMessage('PortMapping', {
  protocol: oneOf(1, Protocol),
  containerPort: int32(2),
  hostPort: int32(3),
  hostIp: string(4),
});
const MountPropagation = wireChoice('MountPropagation', {
  PROPAGATION_PRIVATE: 0,
  PROPAGATION_HOST_TO_CONTAINER: 1,
  PROPAGATION_BIDIRECTIONAL: 2,
});
const Mount = wireMessage('Mount', {
  containerPath: string(1),
  hostPath: string(2),
  readonly: bool(3),
  selinuxRelabel: bool(4),
  propagation: oneOf(5, MountPropagation),
});
const NamespaceMode = wireChoice('NamespaceMode', { POD: 0, CONTAINER: 1, NODE: 2, TARGET: 3 });
const NamespaceOption = wireMessage('NamespaceOption', {
  network: oneOf(1, NamespaceMode),
  pid: oneOf(2, NamespaceMode),
  ipc: oneOf(3, NamespaceMode),
  targetId: string(4),
});
const ProfileType = wireChoice('ProfileType', { RuntimeDefault: 0, Unconfined: 1, Localhost: 2 });
const SecurityProfile = wireMessage('SecurityProfile', { profileType: oneOf(1, ProfileType), localhostRef: string(2) });
const LinuxSandboxSecurityContext = wireMessage('LinuxSandboxSecurityContext', {
  namespaceOptions: one(1, NamespaceOption),
  runAsUser: one(3, Int64Value),
  runAsGroup: one(8, Int64Value),
  readonlyRootfs: bool(4),
  supplementalGroups: numbers(5, 'int64'),
  privileged: bool(6),
  seccomp: one(9, SecurityProfile),
  apparmor: one(10, SecurityProfile),
});
const LinuxPodSandboxConfig = wireMessage('LinuxPodSandboxConfig', {
  cgroupParent: string(1),
  securityContext: one(2, LinuxSandboxSecurityContext),
  sysctls: dictionary(3),
});
const PodSandboxMetadata = wireMessage('PodSandboxMetadata', {
  name: string(1),
  uid: string(2),
  namespace: string(3),
  attempt: uint32(4),
});
export const PodSandboxConfig = wireMessage('PodSandboxConfig', {
  metadata: one(1, PodSandboxMetadata),
  hostname: string(2),
  logDirectory: string(3),
  dnsConfig: one(4, DnsConfig),
  portMappings: many(5, PortMapping),
  labels: dictionary(6),
  annotations: dictionary(7),
  linux: one(8, LinuxPodSandboxConfig),
});

const PodSandboxState = wireChoice('PodSandboxState', { SANDBOX_READY: 0, SANDBOX_NOTREADY: 1 });
const PodSandboxStateValue = wireMessage('PodSandboxStateValue', { state: oneOf(1, PodSandboxState) });
const PodIp = wireMessage('PodIP', { ip: string(1) });
const PodSandboxNetworkStatus = wireMessage('PodSandboxNetworkStatus', {
  ip: string(1),
  additionalIps: many(2, PodIp),
});
export const PodSandboxStatus = wireMessage('PodSandboxStatus', {
  id: string(1),
  metadata: one(2, PodSandboxMetadata),
  state: oneOf(3, PodSandboxState),
  createdAt: int64(4),
  network: one(5, PodSandboxNetworkStatus),
  labels: dictionary(7),
  annotations: dictionary(8),
});
const PodSandboxFilter = wireMessage('PodSandboxFilter', {
  id: string(1),
  state: one(2, PodSandboxStateValue),
  labelSelector: dictionary(3),
});
export const PodSandbox = wireMessage('PodSandbox', {
  id: string(1),
  metadata: one(2, PodSandboxMetadata),
  state: oneOf(3, PodSandboxState),
  createdAt: int64(4),
  labels: dictionary(5),
  annotations: dictionary(6),
});

const ImageSpec = wireMessage('ImageSpec', { image: string(1), annotations: dictionary(2) });
const KeyValue = wireMessage('KeyValue', { key: string(1), value: string(2) });
const HugepageLimit = wireMessage('HugepageLimit', { pageSize: string(1), limit: uint64(2) });
export const LinuxContainerResources = wireMessage('LinuxContainerResources', {
  cpuPeriod: int64(1),
  cpuQuota: int64(2),
  cpuShares: int64(3),
  memoryLimitInBytes: int64(4),
  oomScoreAdj: int64(5),
  cpusetCpus: string(6),
  cpusetMems: string(7),
  hugepageLimits: many(8, HugepageLimit),
});
const Capability = wireMessage('Capability', { addCapabilities: strings(1), dropCapabilities: strings(2) });
const LinuxContainerSecurityContext = wireMessage('LinuxContainerSecurityContext', {
  capabilities: one(1, Capability),
  privileged: bool(2),
  namespaceOptions: one(3, NamespaceOption),
  runAsUser: one(5, Int64Value),
  runAsGroup: one(12, Int64Value),
  runAsUsername: string(6),
  readonlyRootfs: bool(7),
  supplementalGroups: numbers(8, 'int64'),
  noNewPrivs: bool(11),
  maskedPaths: strings(13),
  readonlyPaths: strings(14),
  seccomp: one(15, SecurityProfile),
  apparmor: one(16, SecurityProfile),
});
const LinuxContainerConfig = wireMessage('LinuxContainerConfig', {
  resources: one(1, LinuxContainerResources),
  securityContext: one(2, LinuxContainerSecurityContext),
});
const ContainerMetadata = wireMessage('ContainerMetadata', { name: string(1), attempt: uint32(2) });
const Device = wireMessage('Device', { containerPath: string(1), hostPath: string(2), permissions: string(3) });
export const ContainerConfig = wireMessage('ContainerConfig', {
  metadata: one(1, ContainerMetadata),
  image: one(2, ImageSpec),
  command: strings(3),
  args: strings(4),
  workingDir: string(5),
  envs: many(6, KeyValue),
  mounts: many(7, Mount),
  devices: many(8, Device),
  labels: dictionary(9),
  annotations: dictionary(10),
  logPath: string(11),
  stdin: bool(12),
  stdinOnce: bool(13),
  tty: bool(14),
  linux: one(15, LinuxContainerConfig),
});

const ContainerState = wireChoice('ContainerState', {
  CONTAINER_CREATED: 0,
  CONTAINER_RUNNING: 1,
  CONTAINER_EXITED: 2,
  CONTAINER_UNKNOWN: 3,
});
const ContainerStateValue = wireMessage('ContainerStateValue', { state: oneOf(1, ContainerState) });
export const ContainerFilter = wireMessage('ContainerFilter', {
  id: string(1),
  state: one(2, ContainerStateValue),
  podSandboxId: string(3),
  labelSelector: dictionary(4),
});
export const Container = wireMessage('Container', {
  id: string(1),
  podSandboxId: string(2),
  metadata: one(3, ContainerMetadata),
  image: one(4, ImageSpec),
  imageRef: string(5),
  state: oneOf(6, ContainerState),
  createdAt: int64(7),
  labels: dictionary(8),
  annotations: dictionary(9),
});
export const ContainerStatus = wireMessage('ContainerStatus', {
  id: string(1),
  metadata: one(2, ContainerMetadata),
  state: oneOf(3, ContainerState),
  createdAt: int64(4),
  startedAt: int64(5),
  finishedAt: int64(6),
  exitCode: int32(7),
  image: one(8, ImageSpec),
  imageRef: string(9),
  reason: string(10),
  message: string(11),
  labels: dictionary(12),
  annotations: dictionary(13),
  logPath: string(15),
});

export const Image = wireMessage('Image', {
  id: string(1),
  repoTags: strings(2),
  repoDigests: strings(3),
  size: uint64(4),
  uid: one(5, Int64Value),
  username: string(6),
});
const AuthConfig = wireMessage('AuthConfig', {
  username: string(1),
  password: string(2),
  auth: string(3),
  serverAddress: string(4),
  identityToken: string(5),
  registryToken: string(6),
});
const FilesystemIdentifier = wireMessage('FilesystemIdentifier', { mountpoint: string(1) });
export const FilesystemUsage = wireMessage('FilesystemUsage', {
  timestamp: int64(1),
  fsId: one(2, FilesystemIdentifier),
  usedBytes: one(3, UInt64Value),
  inodesUsed: one(4, UInt64Value),
});

const RuntimeCondition = wireMessage('RuntimeCondition', {
  type: string(1),
  status: bool(2),
  reason: string(3),
  message: string(4),
});
const RuntimeStatus = wireMessage('RuntimeStatus', { conditions: many(1, RuntimeCondition) });

export const CpuUsage = wireMessage('CpuUsage', { timestamp: int64(1), usageCoreNanoSeconds: one(2, UInt64Value) });
export const MemoryUsage = wireMessage('MemoryUsage', {
  timestamp: int64(1),
  workingSetBytes: one(2, UInt64Value),
  usageBytes: one(4, UInt64Value),
  rssBytes: one(5, UInt64Value),
});
const ContainerAttributes = wireMessage('ContainerAttributes', {
  id: string(1),
  metadata: one(2, ContainerMetadata),
  labels: dictionary(3),
});
export const ContainerStats = wireMessage('ContainerStats', {
  attributes: one(1, ContainerAttributes),
  cpu: one(2, CpuUsage),
  memory: one(3, MemoryUsage),
  writableLayer: one(4, FilesystemUsage),
});
const ContainerStatsFilter = wireMessage('ContainerStatsFilter', {
  id: string(1),
  podSandboxId: string(2),
  labelSelector: dictionary(3),
});
const NetworkInterfaceUsage = wireMessage('NetworkInterfaceUsage', {
  name: string(1),
  rxBytes: one(2, UInt64Value),
  rxErrors: one(3, UInt64Value),
  txBytes: one(4, UInt64Value),
  txErrors: one(5, UInt64Value),
});
const NetworkUsage = wireMessage('NetworkUsage', {
  timestamp: int64(1),
  defaultInterface: one(2, NetworkInterfaceUsage),
});
const ProcessUsage = wireMessage('ProcessUsage', { timestamp: int64(1), processCount: one(2, UInt64Value) });
const LinuxPodSandboxStats = wireMessage('LinuxPodSandboxStats', {
  cpu: one(1, CpuUsage),
  memory: one(2, MemoryUsage),
  network: one(3, NetworkUsage),
  process: one(4, ProcessUsage),
  containers: many(5, ContainerStats),
});
const PodSandboxAttributes = wireMessage('PodSandboxAttributes', {
  id: string(1),
  metadata: one(2, PodSandboxMetadata),
  labels: dictionary(3),
});
export const PodSandboxStats = wireMessage('PodSandboxStats', {
  attributes: one(1, PodSandboxAttributes),
  linux: one(2, LinuxPodSandboxStats),
});
const PodSandboxStatsFilter = wireMessage('PodSandboxStatsFilter', { id: string(1), labelSelector: dictionary(2) });

export interface Method<Request extends Message, Response extends Message> {
  /** The path of the gRPC call. */
  readonly path: string;
  readonly request: Request;
  readonly response: Response;
}

const nothing = {};
const sandboxId = { podSandboxId: string(1) };
const containerId = { containerId: string(1) };
const url = { url: string(1) };
const streaming = { stdin: bool(4), stdout: bool(5), stderr: bool(6) };

const runtime = <Q extends Message['fields'], S extends Message['fields']>(name: string, request: Q, response: S) =>
  method('runtime.v1.RuntimeService', name, request, response);
const image = <Q extends Message['fields'], S extends Message['fields']>(name: string, request: Q, response: S) =>
  method('runtime.v1.ImageService', name, request, response);

export const methods = {
  version: runtime(
    'Version',
    { version: string(1) },
    { version: string(1), runtimeName: string(2), runtimeVersion: string(3), runtimeApiVersion: string(4) },
  ),
  status: runtime('Status', { verbose: bool(1) }, { status: one(1, RuntimeStatus) }),
  runPodSandbox: runtime('RunPodSandbox', { config: one(1, PodSandboxConfig), runtimeHandler: string(2) }, sandboxId),
  stopPodSandbox: runtime('StopPodSandbox', sandboxId, nothing),
  removePodSandbox: runtime('RemovePodSandbox', sandboxId, nothing),
  podSandboxStatus: runtime('PodSandboxStatus', sandboxId, { status: one(1, PodSandboxStatus) }),
  listPodSandbox: runtime('ListPodSandbox', { filter: one(1, PodSandboxFilter) }, { items: many(1, PodSandbox) }),
  createContainer: runtime(
    'CreateContainer',
    { ...sandboxId, config: one(2, ContainerConfig), sandboxConfig: one(3, PodSandboxConfig) },
    containerId,
  ),
  startContainer: runtime('StartContainer', containerId, nothing),
  stopContainer: runtime('StopContainer', { ...containerId, timeout: int64(2) }, nothing),
  removeContainer: runtime('RemoveContainer', containerId, nothing),
  listContainers: runtime('ListContainers', { filter: one(1, ContainerFilter) }, { containers: many(1, Container) }),
  containerStatus: runtime('ContainerStatus', containerId, { status: one(1, ContainerStatus) }),
  updateContainerResources: runtime(
    'UpdateContainerResources',
    { ...containerId, linux: one(2, LinuxContainerResources) },
    nothing,
  ),
  reopenContainerLog: runtime('ReopenContainerLog', containerId, nothing),
  execSync: runtime(
    'ExecSync',
    { ...containerId, cmd: strings(2), timeout: int64(3) },
    { stdout: bytes(1), stderr: bytes(2), exitCode: int32(3) },
  ),
  exec: runtime('Exec', { ...containerId, cmd: strings(2), tty: bool(3), ...streaming }, url),
  attach: runtime('Attach', { ...containerId, stdin: bool(2), tty: bool(3), stdout: bool(4), stderr: bool(5) }, url),
  portForward: runtime('PortForward', { ...sandboxId, port: numbers(2, 'int32') }, url),
  listContainerStats: runtime(
    'ListContainerStats',
    { filter: one(1, ContainerStatsFilter) },
    { stats: many(1, ContainerStats) },
  ),
  listPodSandboxStats: runtime(
    'ListPodSandboxStats',
    { filter: one(1, PodSandboxStatsFilter) },
    { stats: many(1, PodSandboxStats) },
  ),
  listImages: image('ListImages', nothing, { images: many(1, Image) }),
  imageStatus: image('ImageStatus', { image: one(1, ImageSpec) }, { image: one(1, Image) }),
  pullImage: image('PullImage', { image: one(1, ImageSpec), auth: one(2, AuthConfig) }, { imageRef: string(1) }),
  removeImage: image('RemoveImage', { image: one(1, ImageSpec) }, nothing),
  imageFsInfo: image('ImageFsInfo', nothing, { imageFilesystems: many(1, FilesystemUsage) }),
};

/** containerd's own events: what changed about containers, at once. Not a part of the interface above. */
const Any = wireMessage('Any', { typeUrl: string(1), value: bytes(2) });
export const TaskEvent = wireMessage('TaskEvent', { containerId: string(1) });
/** A command inside a container ends with the same event, under an id of its own. */
export const TaskExit = wireMessage('TaskExit', { containerId: string(1), id: string(2) });
export const taskExitTopic = '/tasks/exit';
export const subscribeToEvents = {
  path: '/containerd.services.events.v1.Events/Subscribe',
  request: wireMessage('SubscribeRequest', { filters: strings(1) }),
  response: wireMessage('Envelope', { namespace: string(2), topic: string(3), event: one(4, Any) }),
};

function method<Q extends Message['fields'], S extends Message['fields']>(
  service: string,
  name: string,
  request: Q,
  response: S,
): Method<Message<Q>, Message<S>> {
  return {
    path: `/${service}/${name}`,
    request: wireMessage(`${name}Request`, request),
    response: wireMessage(`${name}Response`, response),
  };
}
