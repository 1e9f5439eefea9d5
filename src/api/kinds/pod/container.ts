/** Containers of a pod: main, init and ephemeral ones. */
import { joined } from '../../joined.ts';
import {
  duplicate,
  forbidden,
  invalid,
  notFound,
  notSupported,
  requiredField,
  tooMany,
  type FieldError,
} from '../../field-error.ts';
import type {
  Container,
  ContainerPort,
  ContainerRestartRule,
  EphemeralContainer,
  PodSpec,
} from '../../groups/core.v1.ts';
import { dnsLabelErrors } from '../../name-rules.ts';
import { portNameErrors, portErrors as portNumberErrors } from '../../names.ts';
import type { ClaimNames } from './container-claims.ts';
import { environmentErrors, environmentSourceErrors } from './environment.ts';
import { lifecycleErrors, probeErrors, type ProbeKind } from './probes.ts';
import { requirementsErrors } from './resources.ts';
import { containerSecurityErrors } from './security-context.ts';
import { pullPolicyErrors } from './pull-policy.ts';
import { volumeDeviceErrors, volumeMountErrors, type KnownVolumes } from './volume-mounts.ts';

const probeKinds: readonly ProbeKind[] = ['livenessProbe', 'readinessProbe', 'startupProbe'];

/** The pod around a container, as far as its checks need it. */
interface Around {
  readonly spec: PodSpec;
  readonly volumes: KnownVolumes;
  readonly claims: ClaimNames;
}

export function containersErrors(around: Around, field: string): readonly FieldError[] {
  const { spec } = around;
  const containers = spec.containers ?? [];
  const at = `${field}.containers`;
  if (containers.length === 0) return [requiredField(at)];
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, container] of containers.entries()) {
    const item = `${at}[${index}]`;
    errors.push(...commonErrors(container, around, item));
    errors.push(...nameOnceErrors(container.name, names, item));
    errors.push(...lifecycleErrors(container.lifecycle, graceOf(spec), `${item}.lifecycle`));
    for (const kind of probeKinds) errors.push(...probeErrors(container[kind], kind, `${item}.${kind}`));
    errors.push(...restartPolicyErrors(container, item));
  }
  return [...errors, ...hostPortErrors(containers, at)];
}

export function initContainersErrors(around: Around, field: string): readonly FieldError[] {
  const { spec } = around;
  if (spec.initContainers === undefined) return [];
  const at = `${field}.initContainers`;
  const names = new Set((spec.containers ?? []).map(({ name }) => name));
  const errors: FieldError[] = [];
  for (const [index, container] of spec.initContainers.entries()) {
    const item = `${at}[${index}]`;
    errors.push(...commonErrors(container, around, item));
    errors.push(...initRestartErrors(container, item));
    if (names.has(container.name)) errors.push(duplicate(`${item}.name`, container.name));
    else if (container.name !== '') names.add(container.name);
    // Each is alone with its ports, and the original names it as the first.
    errors.push(...hostPortErrors([container], at));
    if (container.restartPolicy === 'Always') {
      errors.push(...lifecycleErrors(container.lifecycle, graceOf(spec), `${item}.lifecycle`));
      for (const kind of probeKinds) errors.push(...probeErrors(container[kind], kind, `${item}.${kind}`));
    } else {
      const detail = 'may not be set for init containers without restartPolicy=Always';
      for (const name of ['lifecycle', ...probeKinds] as const) {
        if (container[name] != null) errors.push(forbidden(`${item}.${name}`, detail));
      }
      errors.push(...initResizeErrors(container, `${item}.resizePolicy`));
    }
  }
  return errors;
}

const forbiddenInEphemeral = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;

export function ephemeralContainersErrors(around: Around, field: string): readonly FieldError[] {
  const { spec } = around;
  if (spec.ephemeralContainers === undefined) return [];
  const at = `${field}.ephemeralContainers`;
  const names = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name));
  const mainNames = new Set(names);
  const errors: FieldError[] = [];
  for (const [index, container] of spec.ephemeralContainers.entries()) {
    const item = `${at}[${index}]`;
    errors.push(...commonErrors(container, around, item), ...paddingErrors(container, item));
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

function commonErrors(
  container: Container | EphemeralContainer,
  { spec, volumes, claims }: Around,
  item: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { name, image = '' } = container;
  if (name === '') errors.push(requiredField(`${item}.name`));
  else for (const text of dnsLabelErrors(name)) errors.push(invalid(`${item}.name`, name, text));
  if (image === '') errors.push(requiredField(`${item}.image`));
  const policies = ['File', 'FallbackToLogsOnError'];
  const policy = container.terminationMessagePolicy ?? '';
  if (policy === '') errors.push(requiredField(`${item}.terminationMessagePolicy`));
  else if (!policies.includes(policy)) {
    errors.push(notSupported(`${item}.terminationMessagePolicy`, policy, policies));
  }
  return joined(
    errors,
    portsErrors(container.ports ?? [], `${item}.ports`),
    environmentErrors(container.env ?? [], `${item}.env`),
    environmentSourceErrors(container.envFrom ?? [], `${item}.envFrom`),
    volumeMountErrors(container, volumes, `${item}.volumeMounts`),
    volumeDeviceErrors(container, volumes, `${item}.volumeDevices`),
    pullPolicyErrors(container.imagePullPolicy ?? '', `${item}.imagePullPolicy`),
    requirementsErrors(container.resources, claims, `${item}.resources`),
    resizeErrors(container, spec, `${item}.resizePolicy`),
    containerSecurityErrors(container.securityContext, spec, `${item}.securityContext`),
  );
}

/** In templates the image may have spaces around it. */
export function imagePaddingErrors({ containers, initContainers }: PodSpec, field: string): readonly FieldError[] {
  return [
    ...(containers ?? []).flatMap((each, index) => paddingErrors(each, `${field}.containers[${index}]`)),
    ...(initContainers ?? []).flatMap((each, index) => paddingErrors(each, `${field}.initContainers[${index}]`)),
  ];
}

function paddingErrors({ image = '' }: Container | EphemeralContainer, item: string): readonly FieldError[] {
  const padded = image.trim() !== image;
  return padded ? [invalid(`${item}.image`, image, 'must not have leading or trailing whitespace')] : [];
}

function nameOnceErrors(name: string, names: Set<string>, item: string): readonly FieldError[] {
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
function hostPortErrors(containers: readonly Container[], field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const taken = new Set<string>();
  for (const [index, { ports }] of containers.entries()) {
    for (const [port, { protocol, hostIP, hostPort }] of (ports ?? []).entries()) {
      if (!hostPort) continue;
      const key = `${protocol ?? ''}/${hostIP ?? ''}/${hostPort}`;
      if (taken.has(key)) errors.push(duplicate(`${field}[${index}].ports[${port}].hostPort`, key));
      taken.add(key);
    }
  }
  return errors;
}

function resizeErrors(container: Container | EphemeralContainer, spec: PodSpec, field: string): readonly FieldError[] {
  if (container.resizePolicy === undefined) return [];
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { resourceName, restartPolicy }] of container.resizePolicy.entries()) {
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
      errors.push(invalid(field, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"));
    }
  }
  return errors;
}

const maxRestartRules = 20;
const maxExitCodes = 255;
const policyOfRules = 'must specify restartPolicy when restart rules are used';

function restartPolicyErrors(
  { restartPolicy, restartPolicyRules = [] }: Container,
  item: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const policies = ['Always', 'Never', 'OnFailure'];
  const field = `${item}.restartPolicy`;
  if (restartPolicy != null && !policies.includes(restartPolicy)) {
    errors.push(notSupported(field, restartPolicy, policies));
  }
  if (restartPolicyRules.length > 0 && restartPolicy == null) {
    errors.push(requiredField(field, policyOfRules));
  }
  const rules = `${item}.restartPolicyRules`;
  if (restartPolicyRules.length > maxRestartRules) {
    errors.push(tooMany(rules, restartPolicyRules.length, maxRestartRules));
  }
  return [...errors, ...restartPolicyRules.flatMap((rule, index) => restartRuleErrors(rule, `${rules}[${index}]`))];
}

/** Without a policy of its own, what the rules of an init container say is not looked at. */
function initRestartErrors(container: Container, item: string): readonly FieldError[] {
  const { restartPolicy, restartPolicyRules = [] } = container;
  if (restartPolicy != null) return restartPolicyErrors(container, item);
  return restartPolicyRules.length > 0 ? [requiredField(`${item}.restartPolicy`, policyOfRules)] : [];
}

/** What runs once cannot be started again for other resources. */
function initResizeErrors({ resizePolicy = [] }: Container, field: string): readonly FieldError[] {
  const detail = "must not be set to 'RestartContainer' for non-sidecar initContainers";
  return resizePolicy.flatMap(({ restartPolicy }, index) =>
    restartPolicy === 'RestartContainer' ? [invalid(`${field}[${index}].restartPolicy`, restartPolicy, detail)] : [],
  );
}

function restartRuleErrors({ action, exitCodes }: ContainerRestartRule, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const actions = ['Restart', 'RestartAllContainers'];
  if (!actions.includes(action)) errors.push(notSupported(`${field}.action`, action, actions));
  if (exitCodes == null) return [...errors, requiredField(`${field}.exitCodes`, 'must be specified')];
  const { operator, values = [] } = exitCodes;
  const operators = ['In', 'NotIn'];
  if (!operators.includes(operator)) errors.push(notSupported(`${field}.exitCodes.operator`, operator, operators));
  if (values.length > maxExitCodes) errors.push(tooMany(`${field}.exitCodes.values`, values.length, maxExitCodes));
  return errors;
}

function graceOf(spec: PodSpec): number | undefined {
  return spec.terminationGracePeriodSeconds;
}
