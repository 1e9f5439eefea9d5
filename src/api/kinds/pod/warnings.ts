/** What a pod may say but should not: told to the client, and stored all the same. */
import { joined } from '../../joined.ts';
import type { Container, EnvVar, EphemeralContainer, PodSpec, Volume } from '../../groups/core.v1.ts';
import { repeats } from '../../repeats.ts';
import { addressWarnings } from '../ip-warnings.ts';
import { oldLabel, termWarnings } from '../node-label-warnings.ts';
import { claimSpecWarnings } from '../storage/claim-warnings.ts';
import { seccompOfPod, seccompPrefix } from './annotations.ts';
import { appArmorPrefix } from './app-armor.ts';
import { containersInOrder } from './containers-in-order.ts';
import { pathWarnings } from './path-warnings.ts';
import { portWarnings } from './port-warnings.ts';
import { nanosOf } from './resources.ts';

const matchesNothing = 'a null labelSelector results in matching no pod';
/** In billionths. */
const wholeByte = 1_000_000_000n;
const negativeText = 'must be >= 0; negative values are invalid and will be treated as 1';
const sysctlText = 'non-functional in v1.11+; use the "sysctls" field instead';
const oldAnnotations: readonly (readonly [key: string, text: string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', sysctlText],
  ['security.alpha.kubernetes.io/unsafe-sysctls', sysctlText],
];

const oldVolumes: Readonly<Partial<Record<keyof Volume, string>>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
};

interface PodLike {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> | undefined } | undefined;
  readonly spec: PodSpec;
}

/** `prefix`: '' or the path of the template with a dot. */
export function podWarnings({ metadata, spec }: PodLike, prefix: string): readonly string[] {
  const field = `${prefix}spec`;
  const annotations = metadata?.annotations ?? {};
  const at = `${prefix}metadata.annotations`;
  return joined(
    nodeLabelWarnings(spec, field),
    metadata?.annotations === undefined ? [] : annotationWarnings(annotations, at),
    volumeWarnings(spec, field),
    pathWarnings(spec.volumes ?? []),
    listWarnings(spec, field),
    fractionWarnings({ overhead: spec.overhead }, field),
    spec.securityContext?.seccompProfile == null ? seccompWarning(annotations, seccompOfPod, at) : [],
    containersInOrder(spec).flatMap(({ path, container }) => [
      ...profileWarnings(container, spec, annotations, { at, isTemplate: prefix !== '' }),
      ...fractionWarnings(container.resources, `${field}.${path}.resources`),
      ...environmentWarnings(container.env ?? [], `${field}.${path}.env`),
    ]),
    portWarnings(spec, field),
    (spec.terminationGracePeriodSeconds ?? 0) < 0 ? [`${field}.terminationGracePeriodSeconds: ${negativeText}`] : [],
    affinityWarnings(spec, `${field}.affinity`),
    (spec.dnsConfig?.nameservers ?? []).flatMap((ip, index) =>
      addressWarnings(ip, `${field}.dnsConfig.nameservers[${index}]`),
    ),
    (spec.hostAliases ?? []).flatMap(({ ip }, index) => addressWarnings(ip, `${field}.hostAliases[${index}].ip`)),
  );
}

function annotationWarnings(annotations: Annotations, at: string): readonly string[] {
  return oldAnnotations
    .filter(([key]) => Object.hasOwn(annotations, key))
    .map(([key, text]) => `${at}[${key}]: ${text}`);
}

function nodeLabelWarnings(spec: PodSpec, field: string): readonly string[] {
  const { nodeSelector, affinity, topologySpreadConstraints } = spec;
  if (nodeSelector === undefined && affinity === undefined && topologySpreadConstraints === undefined) return [];
  const terms = affinity?.nodeAffinity;
  const at = `${field}.affinity.nodeAffinity`;
  return [
    ...Object.keys(nodeSelector ?? {})
      .toSorted()
      .flatMap((key) => oldLabel(key, (text) => `${field}.nodeSelector[${key}]: ${text}`)),
    ...(terms?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []).flatMap((term, index) => {
      const list = 'requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
      return termWarnings(term, false, `${at}.${list}[${index}]`);
    }),
    ...(terms?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ preference }, index) =>
      termWarnings(preference, true, `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}].preference`),
    ),
    ...(topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, index) => {
      const item = `${field}.topologySpreadConstraints[${index}]`;
      return [
        ...oldLabel(topologyKey, (text) => `${item}.topologyKey: ${topologyKey} is ${text}`),
        ...(labelSelector == null ? [`${item}.labelSelector: ${matchesNothing}`] : []),
      ];
    }),
  ];
}

function volumeWarnings(spec: PodSpec, field: string): readonly string[] {
  return (spec.volumes ?? []).flatMap((volume, index) => {
    const item = `${field}.volumes[${index}]`;
    const template = volume.ephemeral?.volumeClaimTemplate;
    return [
      ...Object.entries(oldVolumes)
        .filter(([source]) => volume[source as keyof Volume] != null)
        .map(([source, text]) => `${item}.${source === 'storageos' ? 'storageOS' : source}: ${text}`),
      ...(template == null ? [] : claimSpecWarnings(template.spec, `${item}.ephemeral.volumeClaimTemplate.spec`)),
    ];
  });
}

function listWarnings(spec: PodSpec, field: string): readonly string[] {
  if (spec.hostAliases === undefined && spec.imagePullSecrets === undefined) return [];
  const ips = (spec.hostAliases ?? []).map(({ ip }) => ip);
  const secrets = (spec.imagePullSecrets ?? []).map(({ name }) => name ?? '');
  return [
    ...[...repeats(ips)].map((index) => `${field}.hostAliases[${index}].ip: duplicate ip "${ips[index]}"`),
    ...[...repeats(secrets)].map(
      (index) => `${field}.imagePullSecrets[${index}].name: duplicate name "${secrets[index]}"`,
    ),
    ...secrets.flatMap((name, index) =>
      name === '' ? [`${field}.imagePullSecrets[${index}].name: invalid empty name ""`] : [],
    ),
  ];
}

type AmountsName = 'overhead' | 'limits' | 'requests';

function fractionWarnings(
  parts: { readonly [name in AmountsName]?: Readonly<Record<string, string>> | undefined } | undefined,
  field: string,
): readonly string[] {
  if (parts === undefined) return [];
  return ['memory', 'ephemeral-storage'].flatMap((resource) =>
    (['overhead', 'limits', 'requests'] as const).flatMap((name) => {
      const text = parts[name]?.[resource];
      if (text === undefined || nanosOf(text) % wholeByte === 0n) return [];
      return [`${field}.${name}[${resource}]: fractional byte value "${text}" is invalid, must be an integer`];
    }),
  );
}

type Annotations = Readonly<Record<string, string>>;

function seccompWarning(annotations: Annotations, key: string, at: string): readonly string[] {
  const advice = 'non-functional in v1.27+; use the "seccompProfile" field instead';
  return Object.hasOwn(annotations, key) ? [`${at}[${key}]: ${advice}`] : [];
}

/** Annotations that a field has replaced. Of a pod's own AppArmor annotations it is told when they become fields. */
function profileWarnings(
  { name, securityContext }: Container | EphemeralContainer,
  spec: PodSpec,
  annotations: Annotations,
  { at, isTemplate }: { readonly at: string; readonly isTemplate: boolean },
): readonly string[] {
  const key = appArmorPrefix + name;
  const profile = securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile;
  const advice = 'deprecated since v1.30; use the "appArmorProfile" field instead';
  return [
    ...(securityContext?.seccompProfile == null ? seccompWarning(annotations, seccompPrefix + name, at) : []),
    ...(isTemplate && profile == null && Object.hasOwn(annotations, key) ? [`${at}[${key}]: ${advice}`] : []),
  ];
}

/** A variable may be given again when the new value builds on the old one. */
function environmentWarnings(variables: readonly EnvVar[], field: string): readonly string[] {
  const known = new Set<string>();
  return variables.flatMap(({ name, value = '', valueFrom }, index) => {
    const isFirst = !known.has(name);
    known.add(name);
    if (isFirst) return [];
    const reference = `$(${name})`;
    if (valueFrom == null && value !== reference && value.includes(reference)) return [];
    return [`${field}[${index}]: hides previous definition of "${name}", which may be dropped when using apply`];
  });
}

function affinityWarnings({ affinity }: PodSpec, field: string): readonly string[] {
  if (affinity == null) return [];
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((which) => {
    const required = affinity[which]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const preferred = affinity[which]?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    const at = `${field}.${which}`;
    return [
      ...required.flatMap(({ labelSelector }, index) => {
        const item = `${at}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`;
        return labelSelector == null ? [`${item}.labelSelector: ${matchesNothing}`] : [];
      }),
      ...preferred.flatMap(({ podAffinityTerm }, index) => {
        const item = `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm`;
        return podAffinityTerm.labelSelector == null ? [`${item}.labelSelector: ${matchesNothing}`] : [];
      }),
    ];
  });
}
