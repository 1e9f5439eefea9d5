/**
 * The container runtime port: all that a kubelet needs from whatever runs its containers.
 *
 *   pod worker ──► ContainerRuntime ──► cri (containerd, CRI-O over gRPC) | simulated
 *
 * The nouns are those of the Container Runtime Interface: a sandbox is the pod's shell (network namespace, address),
 * containers live in it. Everything is plain data of this file's own, so that the port knows neither API types nor
 * protobuf. Times are milliseconds since 1970. Calls fail with `RuntimeError`; its code tells the expected cases apart.
 * Identifiers are the runtime's; stopping or removing what is gone is not an error.
 */
import type { Duplex, Readable, Writable } from 'node:stream';

export type StringMap = Readonly<Record<string, string>>;

export interface ContainerRuntime {
  readonly sandboxes: SandboxService;
  readonly containers: ContainerService;
  readonly images: ImageService;
  version(): Promise<RuntimeVersion>;
  /** Whether containers can run and whether pods get a network. */
  status(): Promise<RuntimeStatus>;
  /**
   * Tells the listener soon after a container changed state by itself (started, exited, out of memory). A hint to look
   * again, never the only source: events may be missed. Returns what ends the subscription.
   */
  subscribe(listener: (hint: ContainerHint) => void): () => void;
  /** Ends connections; containers keep running. */
  close(): void;
}

export interface SandboxService {
  /** Makes the pod's shell with its network and answers its id once it is ready. */
  run(config: SandboxConfig): Promise<string>;
  /** Kills what still runs in the sandbox at once and gives back its network. May be repeated. */
  stop(sandboxId: string): Promise<void>;
  /** Removes a sandbox with all its containers. May be repeated. */
  remove(sandboxId: string): Promise<void>;
  list(filter?: SandboxFilter): Promise<readonly Sandbox[]>;
  /** Undefined when there is no such sandbox. */
  status(sandboxId: string): Promise<SandboxStatus | undefined>;
  /** One connection to a TCP port inside the sandbox's network. */
  portForward(sandboxId: string, port: number): Promise<Duplex>;
  stats(filter?: { readonly sandboxId?: string }): Promise<readonly SandboxStats[]>;
}

export interface ContainerService {
  create(sandboxId: string, config: ContainerConfig, sandboxConfig: SandboxConfig): Promise<string>;
  start(containerId: string): Promise<void>;
  /** Sends the stop signal, waits up to `timeoutSeconds`, then kills. Resolves when the container has ended. */
  stop(containerId: string, timeoutSeconds: number): Promise<void>;
  /** Removes a container, killing it first when it runs. May be repeated. */
  remove(containerId: string): Promise<void>;
  list(filter?: ContainerFilter): Promise<readonly Container[]>;
  /** Undefined when there is no such container. */
  status(containerId: string): Promise<ContainerStatus | undefined>;
  updateResources(containerId: string, resources: ContainerResources): Promise<void>;
  /** Opens the log file anew, after the old one was moved away by rotation. */
  reopenLog(containerId: string): Promise<void>;
  /** Runs a command to its end. Fails with code `DeadlineExceeded` after `timeoutMs` (0 or absent: no limit). */
  execSync(containerId: string, command: readonly string[], timeoutMs?: number): Promise<ExecResult>;
  exec(containerId: string, request: ExecRequest): Promise<ProcessStreams>;
  /** Joins the container's first process. */
  attach(containerId: string, request: StreamRequest): Promise<ProcessStreams>;
  stats(filter?: ContainerFilter): Promise<readonly ContainerStats[]>;
}

export interface ImageService {
  list(): Promise<readonly Image[]>;
  /** Undefined when the image is not here. Takes a reference or an id. */
  status(image: string): Promise<Image | undefined>;
  /** Fetches from the image's registry; answers the id to be used in `ContainerConfig.image`. */
  pull(image: string, auth?: RegistryAuth): Promise<string>;
  /** Imports a docker-save or OCI archive from a file of this machine and answers the references that it brought. */
  load(file: string): Promise<readonly string[]>;
  remove(image: string): Promise<void>;
  filesystems(): Promise<readonly FilesystemUsage[]>;
}

export interface RuntimeVersion {
  /** Such as `containerd`. */
  readonly name: string;
  readonly version: string;
  readonly apiVersion: string;
}

export interface RuntimeStatus {
  readonly runtimeReady: RuntimeCondition;
  readonly networkReady: RuntimeCondition;
}

export interface RuntimeCondition {
  readonly ok: boolean;
  readonly reason: string;
  readonly message: string;
}

export interface ContainerHint {
  readonly containerId: string;
  readonly event: 'started' | 'exited' | 'out-of-memory';
}

export interface SandboxMetadata {
  readonly name: string;
  readonly uid: string;
  readonly namespace: string;
  /** Counts the sandboxes of one pod from 0. */
  readonly attempt: number;
}

export interface SandboxConfig {
  readonly metadata: SandboxMetadata;
  readonly hostname?: string;
  /** Folder of this machine below which `ContainerConfig.logPath` lies; made when absent. */
  readonly logDirectory: string;
  readonly dns?: DnsConfig;
  readonly portMappings?: readonly PortMapping[];
  readonly labels?: StringMap;
  readonly annotations?: StringMap;
  /** Where the pod's control group lies, such as `/kubepods/burstable/pod1234`. */
  readonly cgroupParent?: string;
  readonly sysctls?: StringMap;
  readonly security?: SandboxSecurity;
  /** Name of a runtime handler (RuntimeClass); the default one when absent. */
  readonly runtimeHandler?: string;
}

export interface DnsConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

export interface PortMapping {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly containerPort: number;
  readonly hostPort: number;
  /** All addresses of the machine when absent or empty. */
  readonly hostIp?: string;
}

export type NamespaceMode = 'pod' | 'container' | 'node' | 'target';

export interface NamespaceOptions {
  readonly network: 'pod' | 'node';
  readonly pid: NamespaceMode;
  readonly ipc: 'pod' | 'node';
  /** The container whose processes are shared when `pid` is `target`. */
  readonly targetId?: string;
}

export interface SandboxSecurity {
  readonly namespaces?: NamespaceOptions;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly readonlyRootFilesystem?: boolean;
  readonly supplementalGroups?: readonly number[];
  readonly privileged?: boolean;
  readonly seccomp?: SecurityProfile;
  readonly appArmor?: SecurityProfile;
}

export interface SecurityProfile {
  readonly type: 'RuntimeDefault' | 'Unconfined' | 'Localhost';
  readonly localhostRef?: string;
}

export interface ContainerSecurity {
  readonly namespaces?: NamespaceOptions;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly runAsUserName?: string;
  readonly readonlyRootFilesystem?: boolean;
  readonly supplementalGroups?: readonly number[];
  readonly privileged?: boolean;
  readonly noNewPrivileges?: boolean;
  readonly addCapabilities?: readonly string[];
  readonly dropCapabilities?: readonly string[];
  readonly maskedPaths?: readonly string[];
  readonly readonlyPaths?: readonly string[];
  readonly seccomp?: SecurityProfile;
  readonly appArmor?: SecurityProfile;
}

export interface ContainerConfig {
  readonly metadata: { readonly name: string; readonly attempt: number };
  /** An image that is here: an id as `pull` answers it, or a reference. */
  readonly image: string;
  /** Replaces the image's entry point when not empty. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDirectory?: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly mounts?: readonly Mount[];
  readonly devices?: readonly Device[];
  readonly labels?: StringMap;
  readonly annotations?: StringMap;
  /** Relative to the sandbox's log folder. */
  readonly logPath: string;
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly tty?: boolean;
  readonly resources?: ContainerResources;
  readonly security?: ContainerSecurity;
}

export interface Mount {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly readonly?: boolean;
  readonly selinuxRelabel?: boolean;
  readonly propagation?: 'private' | 'host-to-container' | 'bidirectional';
}

export interface Device {
  readonly containerPath: string;
  readonly hostPath: string;
  /** Letters of `rwm`. */
  readonly permissions: string;
}

/** Zero or absent: not limited. */
export interface ContainerResources {
  readonly cpuPeriodMicroseconds?: number;
  readonly cpuQuotaMicroseconds?: number;
  readonly cpuShares?: number;
  readonly memoryLimitBytes?: number;
  readonly oomScoreAdjust?: number;
  readonly cpusetCpus?: string;
  readonly cpusetMems?: string;
  readonly hugepageLimits?: readonly { readonly pageSize: string; readonly limitBytes: number }[];
}

export interface SandboxFilter {
  readonly id?: string;
  readonly state?: SandboxState;
  /** Every label must have this value. */
  readonly labels?: StringMap;
}

export interface ContainerFilter {
  readonly id?: string;
  readonly state?: ContainerState;
  readonly sandboxId?: string;
  readonly labels?: StringMap;
}

export type SandboxState = 'ready' | 'not-ready';
export type ContainerState = 'created' | 'running' | 'exited' | 'unknown';

export interface Sandbox {
  readonly id: string;
  readonly metadata: SandboxMetadata;
  readonly state: SandboxState;
  readonly createdAtMs: number;
  readonly labels: StringMap;
  readonly annotations: StringMap;
}

export interface SandboxStatus extends Sandbox {
  /** The pod's addresses, the first one first; empty with the node's network. */
  readonly ips: readonly string[];
}

export interface Container {
  readonly id: string;
  readonly sandboxId: string;
  readonly metadata: { readonly name: string; readonly attempt: number };
  /** As `ContainerConfig.image` said. */
  readonly image: string;
  /** The id or digest of the image that runs. */
  readonly imageRef: string;
  readonly state: ContainerState;
  readonly createdAtMs: number;
  readonly labels: StringMap;
  readonly annotations: StringMap;
}

export interface ContainerStatus extends Omit<Container, 'sandboxId'> {
  /** 0: not started. */
  readonly startedAtMs: number;
  /** 0: not ended. */
  readonly finishedAtMs: number;
  readonly exitCode: number;
  /** Such as `Completed`, `Error`, `OOMKilled`, `StartError`. */
  readonly reason: string;
  readonly message: string;
  /** Absolute path of the log on this machine, in the CRI log format. */
  readonly logPath: string;
}

export interface ExecResult {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly exitCode: number;
}

export interface StreamRequest {
  readonly stdin: boolean;
  readonly stdout: boolean;
  /** Must be false with `tty`, where both come out of stdout. */
  readonly stderr: boolean;
  readonly tty: boolean;
}

export interface ExecRequest extends StreamRequest {
  readonly command: readonly string[];
}

export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

/** The runtime's side of a running command; streams that were not asked for are absent. */
export interface ProcessStreams {
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  /**
   * The exit code, once the command ended and its output has arrived. Rejects when the command could not run or the
   * connection broke.
   */
  readonly exitCode: Promise<number>;
  resize(size: TerminalSize): void;
  /** Lets go of the command: its input ends and its output is dropped. */
  close(): void;
}

export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  /** Base64 of `username:password`, as in a docker config. */
  readonly auth?: string;
  readonly serverAddress?: string;
  readonly identityToken?: string;
  readonly registryToken?: string;
}

export interface Image {
  readonly id: string;
  readonly tags: readonly string[];
  readonly digests: readonly string[];
  readonly sizeBytes: number;
  /** The user that the image asks for, as a number or as a name. */
  readonly uid: number | undefined;
  readonly username: string;
}

export interface FilesystemUsage {
  readonly timestampMs: number;
  readonly mountpoint: string;
  readonly usedBytes: number;
  readonly inodesUsed: number;
}

export interface CpuUsage {
  readonly timestampMs: number;
  readonly usageCoreNanoSeconds: number;
}

export interface MemoryUsage {
  readonly timestampMs: number;
  readonly workingSetBytes: number;
  readonly usageBytes: number;
  readonly rssBytes: number;
}

export interface NetworkUsage {
  readonly name: string;
  readonly receivedBytes: number;
  readonly receiveErrors: number;
  readonly sentBytes: number;
  readonly sendErrors: number;
}

/** What the runtime does not know is absent. */
export interface ContainerStats {
  readonly containerId: string;
  readonly name: string;
  readonly labels: StringMap;
  readonly cpu: CpuUsage | undefined;
  readonly memory: MemoryUsage | undefined;
  readonly writableLayer: FilesystemUsage | undefined;
}

export interface SandboxStats {
  readonly sandboxId: string;
  readonly metadata: SandboxMetadata;
  readonly labels: StringMap;
  readonly cpu: CpuUsage | undefined;
  readonly memory: MemoryUsage | undefined;
  readonly network: NetworkUsage | undefined;
  readonly processCount: number | undefined;
  readonly containers: readonly ContainerStats[];
}

export type RuntimeErrorCode =
  | 'NotFound'
  | 'AlreadyExists'
  | 'InvalidArgument'
  | 'FailedPrecondition'
  | 'DeadlineExceeded'
  | 'Unavailable'
  | 'Unimplemented'
  | 'Unknown';

export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode;
  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RuntimeError';
    this.code = code;
  }
}
