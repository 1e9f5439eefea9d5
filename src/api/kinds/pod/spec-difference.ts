/** Specs of pods, and what a refused change of one would have changed, as the original shows its own structs: in their order, not in ours. */
import { PodSecurityContext, PodSpec } from '../../groups/core.v1.ts';
import { goShape } from '../go-shape.ts';
import { lineDifference } from '../line-difference.ts';

export function specDifference(old: PodSpec, wanted: PodSpec): string {
  return lineDifference(JSON.stringify(goPodSpec(old), null, 1), JSON.stringify(goPodSpec(wanted), null, 1));
}

const specOrder = [
  'Volumes',
  'InitContainers',
  'Containers',
  'EphemeralContainers',
  'RestartPolicy',
  'TerminationGracePeriodSeconds',
  'ActiveDeadlineSeconds',
  'DNSPolicy',
  'NodeSelector',
  'ServiceAccountName',
  'AutomountServiceAccountToken',
  'NodeName',
  'SecurityContext',
  'ImagePullSecrets',
  'Hostname',
  'Subdomain',
  'SetHostnameAsFQDN',
  'Affinity',
  'SchedulerName',
  'Tolerations',
  'HostAliases',
  'PriorityClassName',
  'Priority',
  'PreemptionPolicy',
  'DNSConfig',
  'ReadinessGates',
  'RuntimeClassName',
  'Overhead',
  'EnableServiceLinks',
  'TopologySpreadConstraints',
  'OS',
  'SchedulingGates',
  'ResourceClaims',
  'Resources',
  'HostnameOverride',
];
/** These stand in the security context there. */
const hostFields = ['HostNetwork', 'HostPID', 'HostIPC', 'ShareProcessNamespace', 'HostUsers'];
const securityOrder = [
  'SELinuxOptions',
  'WindowsOptions',
  'RunAsUser',
  'RunAsGroup',
  'RunAsNonRoot',
  'SupplementalGroups',
  'SupplementalGroupsPolicy',
  'FSGroup',
  'FSGroupChangePolicy',
  'Sysctls',
  'SeccompProfile',
  'AppArmorProfile',
  'SELinuxChangePolicy',
];

type Shape = Readonly<Record<string, unknown>>;

export function goPodSpec(spec: PodSpec): Shape {
  const shape = goShape(PodSpec, spec) as Shape;
  const security = goShape(PodSecurityContext, spec.securityContext ?? {}) as Shape;
  const SecurityContext = { ...inOrder(shape, hostFields), ...inOrder(security, securityOrder) };
  return inOrder({ ...shape, SecurityContext }, specOrder);
}

function inOrder(shape: Shape, names: readonly string[]): Shape {
  return Object.fromEntries(names.map((name) => [name, shape[name] ?? null]));
}
