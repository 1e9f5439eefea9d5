/** What the runtime needs to know to make a pod's sandbox. */
import type { Pod } from '../../api/groups/core.v1.ts';
import { podLabels } from '../containers/labels.ts';
import { sandboxSecurity } from '../containers/security.ts';
import { podLogDirectory, type NodePaths } from '../paths.ts';
import { podContainers } from '../pods/pod-containers.ts';
import type { PortMapping, SandboxConfig } from '../runtimes/runtime.ts';
import { podDns, type DnsSettings } from './dns.ts';
import { podNames } from './hostname.ts';

export interface SandboxFacts {
  readonly attempt: number;
  readonly paths: NodePaths;
  readonly dns: DnsSettings;
  /** Absent: the runtime's own place. */
  readonly cgroupParent: string | undefined;
  /** Absent: the runtime's default. */
  readonly runtimeHandler: string | undefined;
}

export function sandboxConfig(
  pod: Pod,
  { attempt, paths, dns, cgroupParent, runtimeHandler }: SandboxFacts,
): SandboxConfig {
  const { name, namespace, uid, annotations = {} } = pod.metadata;
  const { hostNetwork, securityContext } = pod.spec;
  const names = podNames(pod, dns.clusterDomain);
  const isFull = pod.spec.setHostnameAsFQDN === true && names.domain !== '';
  const sysctls = Object.fromEntries((securityContext?.sysctls ?? []).map((each) => [each.name, each.value]));
  return {
    metadata: { name, namespace, uid, attempt },
    ...(hostNetwork === true ? {} : { hostname: isFull ? `${names.hostname}.${names.domain}` : names.hostname }),
    logDirectory: podLogDirectory(paths, pod),
    dns: podDns(pod, dns),
    portMappings: hostNetwork === true ? [] : portMappings(pod),
    labels: { ...pod.metadata.labels, ...podLabels(pod) },
    annotations: { ...annotations, 'kubernetes.io/config.source': 'api' },
    ...(cgroupParent === undefined ? {} : { cgroupParent }),
    sysctls,
    security: sandboxSecurity(pod),
    ...(runtimeHandler === undefined ? {} : { runtimeHandler }),
  };
}

function portMappings(pod: Pod): readonly PortMapping[] {
  return podContainers(pod)
    .flatMap(({ spec }) => spec.ports ?? [])
    .filter(({ hostPort }) => hostPort !== undefined && hostPort !== 0)
    .map(({ hostPort = 0, containerPort, protocol = 'TCP', hostIP }) => ({
      hostPort,
      containerPort,
      protocol: protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP',
      ...(hostIP === undefined || hostIP === '' ? {} : { hostIp: hostIP }),
    }));
}
