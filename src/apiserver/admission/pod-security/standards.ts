/**
 * Which checks make up a standard in which version of Kubernetes. Namespaces may pin a version, so that an upgrade of the
 * cluster does not refuse what ran before.
 */
import * as baseline from './baseline.ts';
import * as restricted from './restricted.ts';
import type { Check, Subject, Violation } from './subject.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

export interface Standard {
  readonly level: Level;
  /** Minor version of Kubernetes 1; undefined = the latest. */
  readonly minor: number | undefined;
}

interface Rule {
  readonly id: string;
  readonly level: 'baseline' | 'restricted';
  /** The check since a minor version, youngest last. */
  readonly since: readonly (readonly [minor: number, check: Check])[];
  /** A baseline rule that this one contains. */
  readonly contains?: string;
}

const { v1_0, v1_27, v1_29, v1_32 } = baseline.sysctls;
const { exceptOnWindows, exceptWithOwnUsers } = restricted;

/** Baseline first, then by id: the order in which violations are told. */
const rules: readonly Rule[] = [
  { id: 'appArmorProfile', level: 'baseline', since: [[0, baseline.appArmorProfile]] },
  { id: 'capabilities_baseline', level: 'baseline', since: [[0, baseline.baselineCapabilities]] },
  { id: 'hostNamespaces', level: 'baseline', since: [[0, baseline.hostNamespaces]] },
  { id: 'hostPathVolumes', level: 'baseline', since: [[0, baseline.hostPathVolumes]] },
  { id: 'hostPorts', level: 'baseline', since: [[0, baseline.hostPorts]] },
  { id: 'hostProbesAndHostLifecycle', level: 'baseline', since: [[34, baseline.hostProbes]] },
  { id: 'privileged', level: 'baseline', since: [[0, baseline.privileged]] },
  {
    id: 'procMount',
    level: 'baseline',
    since: [
      [0, baseline.procMount],
      [35, exceptWithOwnUsers(baseline.procMount)],
    ],
  },
  {
    id: 'seLinuxOptions',
    level: 'baseline',
    since: [
      [0, baseline.seLinuxOptions()],
      [31, baseline.seLinuxOptions('container_engine_t')],
    ],
  },
  {
    id: 'seccompProfile_baseline',
    level: 'baseline',
    since: [
      [0, baseline.seccompAnnotations],
      [19, baseline.baselineSeccomp],
    ],
  },
  {
    id: 'sysctls',
    level: 'baseline',
    since: [
      [0, baseline.safeSysctls(v1_0)],
      [27, baseline.safeSysctls([...v1_0, ...v1_27])],
      [29, baseline.safeSysctls([...v1_0, ...v1_27, ...v1_29])],
      [32, baseline.safeSysctls([...v1_0, ...v1_27, ...v1_29, ...v1_32])],
    ],
  },
  { id: 'windowsHostProcess', level: 'baseline', since: [[0, baseline.windowsHostProcess]] },
  {
    id: 'allowPrivilegeEscalation',
    level: 'restricted',
    since: [
      [8, restricted.allowPrivilegeEscalation],
      [25, exceptOnWindows(restricted.allowPrivilegeEscalation)],
    ],
  },
  {
    id: 'capabilities_restricted',
    level: 'restricted',
    since: [
      [22, restricted.restrictedCapabilities],
      [25, exceptOnWindows(restricted.restrictedCapabilities)],
    ],
    contains: 'capabilities_baseline',
  },
  { id: 'procMount_restricted', level: 'restricted', since: [[35, baseline.procMount]], contains: 'procMount' },
  {
    id: 'restrictedVolumes',
    level: 'restricted',
    since: [[0, restricted.restrictedVolumes]],
    contains: 'hostPathVolumes',
  },
  {
    id: 'runAsNonRoot',
    level: 'restricted',
    since: [
      [0, restricted.runAsNonRoot],
      [35, exceptWithOwnUsers(restricted.runAsNonRoot)],
    ],
  },
  {
    id: 'runAsUser',
    level: 'restricted',
    since: [
      [23, restricted.runAsUser],
      [35, exceptWithOwnUsers(restricted.runAsUser)],
    ],
  },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    since: [
      [19, restricted.restrictedSeccomp],
      [25, exceptOnWindows(restricted.restrictedSeccomp)],
    ],
    contains: 'seccompProfile_baseline',
  },
];

/** All that keeps a pod from meeting the standard. */
export function violations({ level, minor = Infinity }: Standard, subject: Subject): Violation[] {
  if (level === 'privileged') return [];
  const inForce = rules.filter(
    (rule) => (level === 'restricted' || rule.level === level) && (rule.since[0]?.[0] ?? 0) <= minor,
  );
  const contained = new Set(inForce.map(({ contains }) => contains));
  return inForce
    .filter(({ id }) => !contained.has(id))
    .map(({ since }) => since.findLast(([from]) => from <= minor)?.[1](subject))
    .filter((violation) => violation !== undefined);
}
