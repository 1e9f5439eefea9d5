/** From the runtime port's plain configs to the messages of the Container Runtime Interface. */
import type * as port from '../runtimes/runtime.ts';
import type { ContainerConfig, ContainerFilter, LinuxContainerResources, PodSandboxConfig } from './messages.ts';
import type { Encodable } from './schema.ts';

export function sandboxConfigToCri(config: port.SandboxConfig): Encodable<typeof PodSandboxConfig> {
  return {
    metadata: config.metadata,
    hostname: config.hostname,
    logDirectory: config.logDirectory,
    dnsConfig: config.dns,
    portMappings: config.portMappings,
    labels: config.labels,
    annotations: config.annotations,
    linux: {
      cgroupParent: config.cgroupParent,
      sysctls: config.sysctls,
      securityContext: sandboxSecurityToCri(config.security ?? {}),
    },
  };
}

export function containerConfigToCri(config: port.ContainerConfig): Encodable<typeof ContainerConfig> {
  return {
    metadata: config.metadata,
    image: { image: config.image },
    command: config.command,
    args: config.args,
    workingDir: config.workingDirectory,
    envs: config.env?.map(({ name, value }) => ({ key: name, value })),
    mounts: config.mounts?.map((mount) => ({
      containerPath: mount.containerPath,
      hostPath: mount.hostPath,
      readonly: mount.readonly,
      selinuxRelabel: mount.selinuxRelabel,
      propagation: propagations[mount.propagation ?? 'private'],
    })),
    devices: config.devices,
    labels: config.labels,
    annotations: config.annotations,
    logPath: config.logPath,
    stdin: config.stdin,
    stdinOnce: config.stdinOnce,
    tty: config.tty,
    linux: {
      resources: resourcesToCri(config.resources ?? {}),
      securityContext: containerSecurityToCri(config.security ?? {}),
    },
  };
}

export function resourcesToCri(resources: port.ContainerResources): Encodable<typeof LinuxContainerResources> {
  return {
    cpuPeriod: resources.cpuPeriodMicroseconds,
    cpuQuota: resources.cpuQuotaMicroseconds,
    cpuShares: resources.cpuShares,
    memoryLimitInBytes: resources.memoryLimitBytes,
    oomScoreAdj: resources.oomScoreAdjust,
    cpusetCpus: resources.cpusetCpus,
    cpusetMems: resources.cpusetMems,
    hugepageLimits: resources.hugepageLimits?.map(({ pageSize, limitBytes }) => ({ pageSize, limit: limitBytes })),
  };
}

export function containerFilterToCri(filter: port.ContainerFilter): Encodable<typeof ContainerFilter> {
  const state = filter.state === undefined ? undefined : { state: containerStates[filter.state] };
  return { id: filter.id, state, podSandboxId: filter.sandboxId, labelSelector: filter.labels };
}

const containerStates = {
  created: 'CONTAINER_CREATED',
  running: 'CONTAINER_RUNNING',
  exited: 'CONTAINER_EXITED',
  unknown: 'CONTAINER_UNKNOWN',
} as const;

const propagations = {
  private: 'PROPAGATION_PRIVATE',
  'host-to-container': 'PROPAGATION_HOST_TO_CONTAINER',
  bidirectional: 'PROPAGATION_BIDIRECTIONAL',
} as const;

const namespaceModes = { pod: 'POD', container: 'CONTAINER', node: 'NODE', target: 'TARGET' } as const;

function sandboxSecurityToCri(security: port.SandboxSecurity) {
  return {
    namespaceOptions: namespacesToCri(security.namespaces),
    runAsUser: boxed(security.runAsUser),
    runAsGroup: boxed(security.runAsGroup),
    readonlyRootfs: security.readonlyRootFilesystem,
    supplementalGroups: security.supplementalGroups,
    privileged: security.privileged,
    seccomp: profileToCri(security.seccomp),
    apparmor: profileToCri(security.appArmor),
  };
}

function containerSecurityToCri(security: port.ContainerSecurity) {
  return {
    capabilities: { addCapabilities: security.addCapabilities, dropCapabilities: security.dropCapabilities },
    privileged: security.privileged,
    namespaceOptions: namespacesToCri(security.namespaces),
    runAsUser: boxed(security.runAsUser),
    runAsGroup: boxed(security.runAsGroup),
    runAsUsername: security.runAsUserName,
    readonlyRootfs: security.readonlyRootFilesystem,
    supplementalGroups: security.supplementalGroups,
    noNewPrivs: security.noNewPrivileges,
    maskedPaths: security.maskedPaths,
    readonlyPaths: security.readonlyPaths,
    seccomp: profileToCri(security.seccomp),
    apparmor: profileToCri(security.appArmor),
  };
}

/** Processes are a container's own unless the pod shares them; network and ipc are the pod's. */
function namespacesToCri(options: port.NamespaceOptions = { network: 'pod', pid: 'container', ipc: 'pod' }) {
  return {
    network: namespaceModes[options.network],
    pid: namespaceModes[options.pid],
    ipc: namespaceModes[options.ipc],
    targetId: options.targetId,
  };
}

function profileToCri(profile: port.SecurityProfile | undefined) {
  return profile === undefined ? undefined : { profileType: profile.type, localhostRef: profile.localhostRef };
}

function boxed(value: number | undefined): { readonly value: number } | undefined {
  return value === undefined ? undefined : { value };
}
