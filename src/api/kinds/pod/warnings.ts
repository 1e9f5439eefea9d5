/** What a pod may say but should not: told to the client, and stored all the same. */
import type { Container, PodSpec, PodTemplateSpec, Volume } from '../../groups/core.v1.ts';
import { nanosOf } from './resources.ts';

type Warnings = string[];

const oldNodeLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

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

/** `field`: where the template stands. An update is warned of only when the template changes. */
export function templateWarnings(template: PodTemplateSpec, field: string, old: PodTemplateSpec | undefined): string[] {
  if (old !== undefined && JSON.stringify(old) === JSON.stringify(template)) return [];
  return podWarnings(template, `${field}.`);
}

/** `prefix`: '' or the path of the template with a dot. */
export function podWarnings({ metadata, spec }: PodLike, prefix: string): string[] {
  const warnings: Warnings = [];
  nodeLabelWarnings(spec, `${prefix}spec`, warnings);
  annotationWarnings(metadata?.annotations ?? {}, `${prefix}metadata`, warnings);
  volumeWarnings(spec, `${prefix}spec`, warnings);
  listWarnings(spec, `${prefix}spec`, warnings);
  for (const name of ['initContainers', 'containers'] as const) {
    for (const [index, container] of (spec[name] ?? []).entries()) {
      containerWarnings(container, `${prefix}spec.${name}[${index}]`, warnings);
    }
  }
  return warnings;
}

function nodeLabelWarnings(spec: PodSpec, field: string, warnings: Warnings): void {
  for (const key of Object.keys(spec.nodeSelector ?? {}).toSorted()) {
    const text = oldNodeLabels[key];
    if (text !== undefined) warnings.push(`${field}.nodeSelector[${key}]: ${text}`);
  }
  for (const [index, constraint] of (spec.topologySpreadConstraints ?? []).entries()) {
    const item = `${field}.topologySpreadConstraints[${index}]`;
    const text = oldNodeLabels[constraint.topologyKey];
    if (text !== undefined) warnings.push(`${item}.topologyKey: ${constraint.topologyKey} is ${text}`);
    if (constraint.labelSelector == null) {
      warnings.push(`${item}.labelSelector: a null labelSelector results in matching no pod`);
    }
  }
}

function annotationWarnings(annotations: Readonly<Record<string, string>>, field: string, warnings: Warnings): void {
  const critical = 'scheduler.alpha.kubernetes.io/critical-pod';
  if (Object.hasOwn(annotations, critical)) {
    warnings.push(
      `${field}.annotations[${critical}]: non-functional in v1.16+; use the "priorityClassName" field instead`,
    );
  }
}

function volumeWarnings(spec: PodSpec, field: string, warnings: Warnings): void {
  for (const [index, volume] of (spec.volumes ?? []).entries()) {
    for (const [source, text] of Object.entries(oldVolumes)) {
      if (volume[source as keyof Volume] != null) warnings.push(`${field}.volumes[${index}].${source}: ${text}`);
    }
    if (
      volume.projected != null &&
      !(volume.projected.sources ?? []).some((source) => Object.keys(source).length > 0)
    ) {
      warnings.push(`volume "${volume.name}" (Projected) has no sources provided`);
    }
  }
}

function listWarnings(spec: PodSpec, field: string, warnings: Warnings): void {
  const ips = new Set<string>();
  for (const [index, { ip }] of (spec.hostAliases ?? []).entries()) {
    if (ips.has(ip)) warnings.push(`${field}.hostAliases[${index}].ip: duplicate ip "${ip}"`);
    ips.add(ip);
  }
  const secrets = (spec.imagePullSecrets ?? []).map(({ name }) => name ?? '');
  for (const [index, name] of secrets.entries()) {
    if (name !== '' && secrets.indexOf(name) < index) {
      warnings.push(`${field}.imagePullSecrets[${index}].name: duplicate name "${name}"`);
    }
  }
  for (const [index, name] of secrets.entries()) {
    if (name === '') warnings.push(`${field}.imagePullSecrets[${index}].name: invalid empty name ""`);
  }
}

function containerWarnings(container: Container, item: string, warnings: Warnings): void {
  for (const part of ['limits', 'requests'] as const) {
    for (const [resource, text] of Object.entries(container.resources?.[part] ?? {})) {
      if (!['memory', 'ephemeral-storage'].includes(resource) || nanosOf(text) % 1_000_000_000n === 0n) continue;
      warnings.push(
        `${item}.resources.${part}[${resource}]: fractional byte value "${text}" is invalid, must be an integer`,
      );
    }
  }
  const names = new Set<string>();
  for (const [index, { name }] of (container.env ?? []).entries()) {
    if (names.has(name)) {
      warnings.push(
        `${item}.env[${index}]: hides previous definition of "${name}", which may be dropped when using apply`,
      );
    }
    names.add(name);
  }
  const ports = container.ports ?? [];
  for (const [index, port] of ports.entries()) {
    const first = ports.findIndex(
      (each) => each.containerPort === port.containerPort && each.protocol === port.protocol,
    );
    if (first < index) warnings.push(`${item}.ports[${index}]: duplicate port definition with ${item}.ports[${first}]`);
  }
}
