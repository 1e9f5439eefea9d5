/** Security contexts in the runtime's terms: what a container says goes before what its pod says. */
import type { Container, Pod, SeccompProfile } from '../../api/groups/core.v1.ts';
import type {
  ContainerSecurity,
  Image,
  NamespaceOptions,
  SandboxSecurity,
  SecurityProfile,
} from '../runtimes/runtime.ts';
import { ConfigError } from './config-error.ts';

function podNamespaces(pod: Pod): NamespaceOptions {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace } = pod.spec;
  return {
    network: hostNetwork === true ? 'node' : 'pod',
    pid: hostPID === true ? 'node' : shareProcessNamespace === true ? 'pod' : 'container',
    ipc: hostIPC === true ? 'node' : 'pod',
  };
}

export function sandboxSecurity(pod: Pod): SandboxSecurity {
  const { securityContext: context = {} } = pod.spec;
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const { runAsUser, runAsGroup } = context;
  return {
    namespaces: podNamespaces(pod),
    ...(runAsUser === undefined ? {} : { runAsUser }),
    ...(runAsUser === undefined || runAsGroup === undefined ? {} : { runAsGroup }),
    supplementalGroups: groupsOf(pod),
    privileged: containers.some(({ securityContext }) => securityContext?.privileged === true),
    seccomp: profile(context.seccompProfile) ?? { type: 'RuntimeDefault' },
  };
}

/** Volumes belong to the file system group, so every process is in it. */
function groupsOf(pod: Pod): readonly number[] {
  const { fsGroup, supplementalGroups = [] } = pod.spec.securityContext ?? {};
  return fsGroup === undefined ? supplementalGroups : [...supplementalGroups, fsGroup];
}

const maskedPaths = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** @throws ConfigError when the container must not run as the user that it would run as. */
export function containerSecurity(
  pod: Pod,
  { name, securityContext: own = {} }: Container,
  image: Image,
): ContainerSecurity {
  const { securityContext: shared = {} } = pod.spec;
  const privileged = own.privileged === true;
  const runAsUser = own.runAsUser ?? shared.runAsUser ?? image.uid;
  const runAsGroup = own.runAsGroup ?? shared.runAsGroup;
  if (own.runAsNonRoot ?? shared.runAsNonRoot ?? false)
    checkNotRoot(pod, name, own.runAsUser ?? shared.runAsUser, image);
  const { add = [], drop = [] } = own.capabilities ?? {};
  const isUnmasked = privileged || own.procMount === 'Unmasked';
  return {
    namespaces: podNamespaces(pod),
    ...(runAsUser === undefined ? {} : { runAsUser }),
    ...(runAsUser === undefined && image.username !== '' ? { runAsUserName: image.username } : {}),
    ...(runAsGroup === undefined ? {} : { runAsGroup }),
    readonlyRootFilesystem: own.readOnlyRootFilesystem === true,
    supplementalGroups: groupsOf(pod),
    privileged,
    noNewPrivileges: own.allowPrivilegeEscalation === false,
    addCapabilities: add,
    dropCapabilities: drop,
    maskedPaths: isUnmasked ? [] : maskedPaths,
    readonlyPaths: isUnmasked ? [] : readonlyPaths,
    seccomp: privileged
      ? { type: 'Unconfined' }
      : (profile(own.seccompProfile ?? shared.seccompProfile) ?? { type: 'Unconfined' }),
  };
}

function checkNotRoot(pod: Pod, container: string, runAsUser: number | undefined, image: Image): void {
  const where = `(pod: "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})", container: ${container})`;
  if (runAsUser === 0) throw new ConfigError(`container's runAsUser breaks non-root policy ${where}`);
  if (runAsUser !== undefined) return;
  if (image.uid === 0 || (image.uid === undefined && image.username === '')) {
    throw new ConfigError(`container has runAsNonRoot and image will run as root ${where}`);
  }
  if (image.uid === undefined) {
    const text = `container has runAsNonRoot and image has non-numeric user (${image.username}), cannot verify user is non-root`;
    throw new ConfigError(`${text} ${where}`);
  }
}

function profile(given: SeccompProfile | undefined): SecurityProfile | undefined {
  if (given === undefined) return undefined;
  const type = (['RuntimeDefault', 'Unconfined', 'Localhost'] as const).find((each) => each === given.type);
  if (type === undefined) return undefined;
  return { type, ...(given.localhostProfile === undefined ? {} : { localhostRef: given.localhostProfile }) };
}
