/**
 * The part of the Container Runtime Interface (gRPC package `runtime.v1`) that a kubelet on Linux speaks: field names, numbers and methods.
 * The table follows the order of the published interface; what nobody here reads or writes is left out.
 */
import { bool, bytes, choice, dictionary, int32, int64, many, message, numbers, one, oneOf } from './schema.ts';
import { string, strings, uint32, uint64, type Message } from './schema.ts';

const Int64Value = message('Int64Value', { value: int64(1) });
const UInt64Value = message('UInt64Value', { value: uint64(1) });

const DnsConfig = message('DNSConfig', { servers: strings(1), searches: strings(2), options: strings(3) });
const Protocol = choice('Protocol', { TCP: 0, UDP: 1, SCTP: 2 });
const PortMapping = message('PortMapping', {
  protocol: oneOf(1, Protocol),
  containerPort: int32(2),
  hostPort: int32(3),
  hostIp: string(4),
});
const MountPropagation = choice('MountPropagation', {
  PROPAGATION_PRIVATE: 0,
  PROPAGATION_HOST_TO_CONTAINER: 1,
  PROPAGATION_BIDIRECTIONAL: 2,
});
const Mount = message('Mount', {
  containerPath: string(1),
  hostPath: string(2),
  readonly: bool(3),
  selinuxRelabel: bool(4),
  propagation: oneOf(5, MountPropagation),
});
const NamespaceMode = choice('NamespaceMode', { POD: 0, CONTAINER: 1, NODE: 2, TARGET: 3 });
const NamespaceOption = message('NamespaceOption', {
  network: oneOf(1, NamespaceMode),
  pid: oneOf(2, NamespaceMode),
  ipc: oneOf(3, NamespaceMode),
  targetId: string(4),
});
const ProfileType = choice('ProfileType', { RuntimeDefault: 0, Unconfined: 1, Localhost: 2 });
const SecurityProfile = message('SecurityProfile', { profileType: oneOf(1, ProfileType), localhostRef: string(2) });
const LinuxSandboxSecurityContext = message('LinuxSandboxSecurityContext', {
  namespaceOptions: one(1, NamespaceOption),
  runAsUser: one(3, Int64Value),
  runAsGroup: one(8, Int64Value),
  readonlyRootfs: bool(4),
  supplementalGroups: numbers(5, 'int64'),
  privileged: bool(6),
  seccomp: one(9, SecurityProfile),
  apparmor: one(10, SecurityProfile),
});
const LinuxPodSandboxConfig = message('LinuxPodSandboxConfig', {
  cgroupParent: string(1),
  securityContext: one(2, LinuxSandboxSecurityContext),
  sysctls: dictionary(3),
});
const PodSandboxMetadata = message('PodSandboxMetadata', {
  name: string(1),
  uid: string(2),
  namespace: string(3),
  attempt: uint32(4),
});
export const PodSandboxConfig = message('PodSandboxConfig', {
  metadata: one(1, PodSandboxMetadata),
  hostname: string(2),
  logDirectory: string(3),
  dnsConfig: one(4, DnsConfig),
  portMappings: many(5, PortMapping),
  labels: dictionary(6),
  annotations: dictionary(7),
  linux: one(8, LinuxPodSandboxConfig),
});

const PodSandboxState = choice('PodSandboxState', { SANDBOX_READY: 0, SANDBOX_NOTREADY: 1 });
const PodSandboxStateValue = message('PodSandboxStateValue', { state: oneOf(1, PodSandboxState) });
const PodIp = message('PodIP', { ip: string(1) });
const PodSandboxNetworkStatus = message('PodSandboxNetworkStatus', { ip: string(1), additionalIps: many(2, PodIp) });
export const PodSandboxStatus = message('PodSandboxStatus', {
  id: string(1),
  metadata: one(2, PodSandboxMetadata),
  state: oneOf(3, PodSandboxState),
  createdAt: int64(4),
  network: one(5, PodSandboxNetworkStatus),
  labels: dictionary(7),
  annotations: dictionary(8),
});
const PodSandboxFilter = message('PodSandboxFilter', {
  id: string(1),
  state: one(2, PodSandboxStateValue),
  labelSelector: dictionary(3),
});
export const PodSandbox = message('PodSandbox', {
  id: string(1),
  metadata: one(2, PodSandboxMetadata),
  state: oneOf(3, PodSandboxState),
  createdAt: int64(4),
  labels: dictionary(5),
  annotations: dictionary(6),
});

const ImageSpec = message('ImageSpec', { image: string(1), annotations: dictionary(2) });
const KeyValue = message('KeyValue', { key: string(1), value: string(2) });
const HugepageLimit = message('HugepageLimit', { pageSize: string(1), limit: uint64(2) });
export const LinuxContainerResources = message('LinuxContainerResources', {
  cpuPeriod: int64(1),
  cpuQuota: int64(2),
  cpuShares: int64(3),
  memoryLimitInBytes: int64(4),
  oomScoreAdj: int64(5),
  cpusetCpus: string(6),
  cpusetMems: string(7),
  hugepageLimits: many(8, HugepageLimit),
});
const Capability = message('Capability', { addCapabilities: strings(1), dropCapabilities: strings(2) });
const LinuxContainerSecurityContext = message('LinuxContainerSecurityContext', {
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
const LinuxContainerConfig = message('LinuxContainerConfig', {
  resources: one(1, LinuxContainerResources),
  securityContext: one(2, LinuxContainerSecurityContext),
});
const ContainerMetadata = message('ContainerMetadata', { name: string(1), attempt: uint32(2) });
const Device = message('Device', { containerPath: string(1), hostPath: string(2), permissions: string(3) });
export const ContainerConfig = message('ContainerConfig', {
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

const ContainerState = choice('ContainerState', {
  CONTAINER_CREATED: 0,
  CONTAINER_RUNNING: 1,
  CONTAINER_EXITED: 2,
  CONTAINER_UNKNOWN: 3,
});
const ContainerStateValue = message('ContainerStateValue', { state: oneOf(1, ContainerState) });
export const ContainerFilter = message('ContainerFilter', {
  id: string(1),
  state: one(2, ContainerStateValue),
  podSandboxId: string(3),
  labelSelector: dictionary(4),
});
export const Container = message('Container', {
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
export const ContainerStatus = message('ContainerStatus', {
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

export const Image = message('Image', {
  id: string(1),
  repoTags: strings(2),
  repoDigests: strings(3),
  size: uint64(4),
  uid: one(5, Int64Value),
  username: string(6),
});
const AuthConfig = message('AuthConfig', {
  username: string(1),
  password: string(2),
  auth: string(3),
  serverAddress: string(4),
  identityToken: string(5),
  registryToken: string(6),
});
const FilesystemIdentifier = message('FilesystemIdentifier', { mountpoint: string(1) });
export const FilesystemUsage = message('FilesystemUsage', {
  timestamp: int64(1),
  fsId: one(2, FilesystemIdentifier),
  usedBytes: one(3, UInt64Value),
  inodesUsed: one(4, UInt64Value),
});

const RuntimeCondition = message('RuntimeCondition', {
  type: string(1),
  status: bool(2),
  reason: string(3),
  message: string(4),
});
const RuntimeStatus = message('RuntimeStatus', { conditions: many(1, RuntimeCondition) });

export const CpuUsage = message('CpuUsage', { timestamp: int64(1), usageCoreNanoSeconds: one(2, UInt64Value) });
export const MemoryUsage = message('MemoryUsage', {
  timestamp: int64(1),
  workingSetBytes: one(2, UInt64Value),
  usageBytes: one(4, UInt64Value),
  rssBytes: one(5, UInt64Value),
});
const ContainerAttributes = message('ContainerAttributes', {
  id: string(1),
  metadata: one(2, ContainerMetadata),
  labels: dictionary(3),
});
export const ContainerStats = message('ContainerStats', {
  attributes: one(1, ContainerAttributes),
  cpu: one(2, CpuUsage),
  memory: one(3, MemoryUsage),
  writableLayer: one(4, FilesystemUsage),
});
const ContainerStatsFilter = message('ContainerStatsFilter', {
  id: string(1),
  podSandboxId: string(2),
  labelSelector: dictionary(3),
});
const NetworkInterfaceUsage = message('NetworkInterfaceUsage', {
  name: string(1),
  rxBytes: one(2, UInt64Value),
  rxErrors: one(3, UInt64Value),
  txBytes: one(4, UInt64Value),
  txErrors: one(5, UInt64Value),
});
const NetworkUsage = message('NetworkUsage', { timestamp: int64(1), defaultInterface: one(2, NetworkInterfaceUsage) });
const ProcessUsage = message('ProcessUsage', { timestamp: int64(1), processCount: one(2, UInt64Value) });
const LinuxPodSandboxStats = message('LinuxPodSandboxStats', {
  cpu: one(1, CpuUsage),
  memory: one(2, MemoryUsage),
  network: one(3, NetworkUsage),
  process: one(4, ProcessUsage),
  containers: many(5, ContainerStats),
});
const PodSandboxAttributes = message('PodSandboxAttributes', {
  id: string(1),
  metadata: one(2, PodSandboxMetadata),
  labels: dictionary(3),
});
export const PodSandboxStats = message('PodSandboxStats', {
  attributes: one(1, PodSandboxAttributes),
  linux: one(2, LinuxPodSandboxStats),
});
const PodSandboxStatsFilter = message('PodSandboxStatsFilter', { id: string(1), labelSelector: dictionary(2) });

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
const Any = message('Any', { typeUrl: string(1), value: bytes(2) });
export const TaskEvent = message('TaskEvent', { containerId: string(1) });
export const subscribeToEvents = {
  path: '/containerd.services.events.v1.Events/Subscribe',
  request: message('SubscribeRequest', { filters: strings(1) }),
  response: message('Envelope', { namespace: string(2), topic: string(3), event: one(4, Any) }),
};

function method<Q extends Message['fields'], S extends Message['fields']>(
  service: string,
  name: string,
  request: Q,
  response: S,
): Method<Message<Q>, Message<S>> {
  return {
    path: `/${service}/${name}`,
    request: message(`${name}Request`, request),
    response: message(`${name}Response`, response),
  };
}
