/** Containers of a pod: main, init and ephemeral ones. */
import {
  duplicate,
  forbidden,
  invalid,
  notFound,
  notSupported,
  requiredField,
  type FieldError,
} from '../../field-error.ts';
import type { Container, ContainerPort, EphemeralContainer, PodSpec } from '../../groups/core.v1.ts';
import { dnsLabelErrors } from '../../name-rules.ts';
import { portNameErrors, portErrors as portNumberErrors } from '../../names.ts';
import { environmentErrors, environmentSourceErrors } from './environment.ts';
import { lifecycleErrors, probeErrors, type ProbeKind } from './probes.ts';
import { requirementsErrors } from './resources.ts';
import { containerSecurityErrors } from './security-context.ts';
import { volumeDeviceErrors, volumeMountErrors } from './volume-mounts.ts';

const probeKinds: readonly ProbeKind[] = ['livenessProbe', 'readinessProbe', 'startupProbe'];

export function containersErrors(spec: PodSpec, field: string): readonly FieldError[] {
  const containers = spec.containers ?? [];
  const at = `${field}.containers`;
  if (containers.length === 0) return [requiredField(at)];
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, container] of containers.entries()) {
    const item = `${at}[${index}]`;
    errors.push(...commonErrors(container, spec, item));
    errors.push(...nameOnceErrors(container.name, names, item));
    errors.push(...lifecycleErrors(container.lifecycle, graceOf(spec), `${item}.lifecycle`));
    for (const kind of probeKinds) errors.push(...probeErrors(container[kind], kind, `${item}.${kind}`));
    errors.push(...restartPolicyErrors(container, item));
  }
  return [...errors, ...hostPortErrors(containers, at)];
}

export function initContainersErrors(spec: PodSpec, field: string): readonly FieldError[] {
  const at = `${field}.initContainers`;
  const names = new Set((spec.containers ?? []).map(({ name }) => name));
  const errors: FieldError[] = [];
  for (const [index, container] of (spec.initContainers ?? []).entries()) {
    const item = `${at}[${index}]`;
    errors.push(...commonErrors(container, spec, item));
    if (container.restartPolicy && container.restartPolicy !== 'Always') {
      errors.push(...restartPolicyErrors(container, item));
    }
    if (names.has(container.name)) errors.push(duplicate(`${item}.name`, container.name));
    else if (container.name !== '') names.add(container.name);
    errors.push(...hostPortErrors([container], at, index));
    if (container.restartPolicy === 'Always') {
      errors.push(...lifecycleErrors(container.lifecycle, graceOf(spec), `${item}.lifecycle`));
      for (const kind of probeKinds) errors.push(...probeErrors(container[kind], kind, `${item}.${kind}`));
    } else {
      const detail = 'may not be set for init containers without restartPolicy=Always';
      for (const name of ['lifecycle', ...probeKinds] as const) {
        if (container[name] != null) errors.push(forbidden(`${item}.${name}`, detail));
      }
    }
  }
  return errors;
}

const forbiddenInEphemeral = [
  'ports',
  'resources',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;

export function ephemeralContainersErrors(spec: PodSpec, field: string): readonly FieldError[] {
  const at = `${field}.ephemeralContainers`;
  const names = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name));
  const mainNames = new Set(names);
  const errors: FieldError[] = [];
  for (const [index, container] of (spec.ephemeralContainers ?? []).entries()) {
    const item = `${at}[${index}]`;
    errors.push(...commonErrors(container, spec, item));
    errors.push(...nameOnceErrors(container.name, names, item));
    if (container.targetContainerName && !mainNames.has(container.targetContainerName)) {
      errors.push(notFound(`${item}.targetContainerName`, container.targetContainerName));
    }
    errors.push(...ephemeralFieldErrors(container, item));
  }
  return errors;
}

function ephemeralFieldErrors(container: EphemeralContainer, item: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const name of forbiddenInEphemeral) {
    const value = container[name];
    if (value == null || (Array.isArray(value) ? value.length === 0 : false)) continue;
    if (name === 'resources' && Object.keys(value).length === 0) continue;
    errors.push(forbidden(`${item}.${name}`, 'cannot be set for an Ephemeral Container'));
  }
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const detail = 'cannot be set for an Ephemeral Container';
    if (mount.subPath) errors.push(forbidden(`${item}.volumeMounts[${index}].subPath`, detail));
    if (mount.subPathExpr) errors.push(forbidden(`${item}.volumeMounts[${index}].subPathExpr`, detail));
  }
  return errors;
}

function commonErrors(container: Container | EphemeralContainer, spec: PodSpec, item: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { name, image = '' } = container;
  if (name === '') errors.push(requiredField(`${item}.name`));
  else for (const text of dnsLabelErrors(name)) errors.push(invalid(`${item}.name`, name, text));
  if (image === '') errors.push(requiredField(`${item}.image`));
  else if (image.trim() !== image) {
    errors.push(invalid(`${item}.image`, image, 'must not have leading or trailing whitespace'));
  }
  const policies = ['File', 'FallbackToLogsOnError'];
  const policy = container.terminationMessagePolicy ?? '';
  if (policy === '') errors.push(requiredField(`${item}.terminationMessagePolicy`));
  else if (!policies.includes(policy)) {
    errors.push(notSupported(`${item}.terminationMessagePolicy`, policy, policies));
  }
  errors.push(
    ...portsErrors(container.ports ?? [], `${item}.ports`),
    ...environmentErrors(container.env ?? [], `${item}.env`),
    ...environmentSourceErrors(container.envFrom ?? [], `${item}.envFrom`),
    ...volumeMountErrors(container, spec, `${item}.volumeMounts`),
    ...volumeDeviceErrors(container, spec, `${item}.volumeDevices`),
    ...pullPolicyErrors(container.imagePullPolicy ?? '', `${item}.imagePullPolicy`),
    ...requirementsErrors(
      container.resources,
      (spec.resourceClaims ?? []).map((claim) => claim.name),
      `${item}.resources`,
    ),
    ...resizeErrors(container, spec, `${item}.resizePolicy`),
    ...containerSecurityErrors(container.securityContext, spec, `${item}.securityContext`),
  );
  return errors;
}

function nameOnceErrors(name: string, names: Set<string>, item: string): readonly FieldError[] {
  if (name === '') return [];
  if (names.has(name)) return [duplicate(`${item}.name`, name)];
  names.add(name);
  return [];
}

function portsErrors(ports: readonly ContainerPort[], field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, { name = '', containerPort, hostPort, protocol = '' }] of ports.entries()) {
    const item = `${field}[${index}]`;
    if (name !== '') {
      const texts = portNameErrors(name);
      if (texts.length > 0) for (const text of texts) errors.push(invalid(`${item}.name`, name, text));
      else if (names.has(name)) errors.push(duplicate(`${item}.name`, name));
      else names.add(name);
    }
    if (!containerPort) errors.push(requiredField(`${item}.containerPort`));
    else
      for (const text of portNumberErrors(containerPort))
        errors.push(invalid(`${item}.containerPort`, containerPort, text));
    if (hostPort)
      for (const text of portNumberErrors(hostPort)) errors.push(invalid(`${item}.hostPort`, hostPort, text));
    if (protocol === '') errors.push(requiredField(`${item}.protocol`));
    else if (!['SCTP', 'TCP', 'UDP'].includes(protocol)) {
      errors.push(notSupported(`${item}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']));
    }
  }
  return errors;
}

/** A port of the host can be had only once. */
function hostPortErrors(containers: readonly Container[], field: string, first = 0): readonly FieldError[] {
  const errors: FieldError[] = [];
  const taken = new Set<string>();
  for (const [index, { ports }] of containers.entries()) {
    for (const [port, { protocol, hostIP, hostPort }] of (ports ?? []).entries()) {
      if (!hostPort) continue;
      const key = `${protocol ?? ''}/${hostIP ?? ''}/${hostPort}`;
      if (taken.has(key)) errors.push(duplicate(`${field}[${index + first}].ports[${port}].hostPort`, key));
      taken.add(key);
    }
  }
  return errors;
}

function pullPolicyErrors(policy: string, field: string): readonly FieldError[] {
  const policies = ['Always', 'IfNotPresent', 'Never'];
  if (policy === '') return [requiredField(field)];
  return policies.includes(policy) ? [] : [notSupported(field, policy, policies)];
}

function resizeErrors(container: Container | EphemeralContainer, spec: PodSpec, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { resourceName, restartPolicy }] of (container.resizePolicy ?? []).entries()) {
    const item = `${field}[${index}]`;
    if (seen.has(resourceName)) errors.push(duplicate(item, resourceName));
    seen.add(resourceName);
    if (resourceName === '') errors.push(requiredField(field));
    else if (!['cpu', 'memory'].includes(resourceName)) {
      errors.push(notSupported(field, resourceName, ['cpu', 'memory']));
    }
    if (restartPolicy === '') errors.push(requiredField(field));
    else if (!['NotRequired', 'RestartContainer'].includes(restartPolicy)) {
      errors.push(notSupported(field, restartPolicy, ['NotRequired', 'RestartContainer']));
    }
    if (spec.restartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      errors.push(invalid(field, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
    }
  }
  return errors;
}

function restartPolicyErrors({ restartPolicy, restartPolicyRules }: Container, item: string): readonly FieldError[] {
  const policies = ['Always', 'Never', 'OnFailure'];
  if (restartPolicy && !policies.includes(restartPolicy)) {
    return [notSupported(`${item}.restartPolicy`, restartPolicy, policies)];
  }
  return (restartPolicyRules ?? []).length > 0 && !restartPolicy
    ? [requiredField(`${item}.restartPolicy`, 'must specify restartPolicy when restart rules are used')]
    : [];
}

function graceOf(spec: PodSpec): number | undefined {
  return spec.terminationGracePeriodSeconds;
}
