/** Rights of pods and containers on their host. */
import { duplicate, forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type {
  AppArmorProfile,
  PodSecurityContext,
  PodSpec,
  SeccompProfile,
  SecurityContext,
  Sysctl,
} from '../../groups/core.v1.ts';
import { goValue } from '../go-value.ts';
import { within } from '../number-errors.ts';
import { backstepErrors, localPathErrors } from './volume-mounts.ts';

const highestId = 2_147_483_647;
const sysctlSegment = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const sysctlPattern = `^(${sysctlSegment}[\\./])*${sysctlSegment}$`;

const idErrors = (value: number | null | undefined, field: string): readonly FieldError[] =>
  within(value, 0, highestId, field);

export function containerSecurityErrors(
  context: SecurityContext | undefined,
  spec: PodSpec,
  field: string,
): readonly FieldError[] {
  if (context == null) return [];
  const errors: FieldError[] = [
    ...idErrors(context.runAsUser, `${field}.runAsUser`),
    ...idErrors(context.runAsGroup, `${field}.runAsGroup`),
  ];
  const { procMount, allowPrivilegeEscalation, privileged, capabilities } = context;
  if (procMount != null) {
    const at = `${field}.procMount`;
    if (!['Default', 'Unmasked'].includes(procMount)) errors.push(notSupported(at, procMount, ['Default', 'Unmasked']));
    else if (procMount === 'Unmasked' && spec.hostUsers !== false) {
      errors.push(invalid(at, procMount, '`hostUsers` must be false to use `Unmasked`'));
    }
  }
  errors.push(...seccompErrors(context.seccompProfile, `${field}.seccompProfile`));
  if (allowPrivilegeEscalation === false) {
    const shown = goValue.securityContext(context);
    const refuse = (what: string): void => {
      errors.push(invalid(field, shown, `cannot set \`allowPrivilegeEscalation\` to false and ${what}`));
    };
    if (privileged === true) refuse('`privileged` to true');
    if (capabilities?.add?.includes('CAP_SYS_ADMIN') === true) refuse('`capabilities.Add` CAP_SYS_ADMIN');
  }
  errors.push(...appArmorErrors(context.appArmorProfile, `${field}.appArmorProfile`));
  return errors;
}

export function podSecurityErrors(spec: PodSpec, field: string): readonly FieldError[] {
  const context = spec.securityContext;
  if (context == null) return [];
  const at = `${field}.securityContext`;
  const errors: FieldError[] = [
    ...idErrors(context.fsGroup, `${at}.fsGroup`),
    ...idErrors(context.runAsUser, `${at}.runAsUser`),
    ...idErrors(context.runAsGroup, `${at}.runAsGroup`),
    ...(context.supplementalGroups ?? []).flatMap((id, index) => idErrors(id, `${at}.supplementalGroups[${index}]`)),
  ];
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    const detail = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(invalid(`${at}.shareProcessNamespace`, true, detail));
  }
  errors.push(...sysctlErrors(context.sysctls ?? [], spec, `${at}.sysctls`));
  const choices = [
    ['fsGroupChangePolicy', context.fsGroupChangePolicy, ['Always', 'OnRootMismatch']],
    ['supplementalGroupsPolicy', context.supplementalGroupsPolicy, ['Merge', 'Strict']],
    ['seLinuxChangePolicy', context.seLinuxChangePolicy, ['MountOption', 'Recursive']],
  ] as const;
  for (const [name, value, known] of choices) {
    if (value && !(known as readonly string[]).includes(value)) {
      errors.push(notSupported(`${at}.${name}`, value, known));
    }
  }
  errors.push(...seccompErrors(context.seccompProfile, `${at}.seccompProfile`));
  errors.push(...appArmorErrors(context.appArmorProfile, `${at}.appArmorProfile`));
  return errors;
}

function seccompErrors(profile: SeccompProfile | undefined, field: string): readonly FieldError[] {
  if (profile == null) return [];
  const { type, localhostProfile } = profile;
  if (type === '') return [requiredField(`${field}.type`, 'type is required when seccompProfile is set')];
  if (type === 'Localhost') {
    if (localhostProfile == null) {
      return [requiredField(`${field}.localhostProfile`, 'must be set when seccomp type is Localhost')];
    }
    return localPathErrors(localhostProfile, `${field}.localhostProfile`);
  }
  const errors: FieldError[] = [];
  if (localhostProfile != null) {
    errors.push(
      invalid(`${field}.localhostProfile`, localhostProfile, 'can only be set when seccomp type is Localhost'),
    );
  }
  const known = ['Localhost', 'RuntimeDefault', 'Unconfined'];
  if (!known.includes(type)) errors.push(notSupported(`${field}.type`, type, known));
  return errors;
}

function appArmorErrors(profile: AppArmorProfile | undefined, field: string): readonly FieldError[] {
  if (profile == null) return [];
  const { type, localhostProfile } = profile;
  const known = ['Localhost', 'RuntimeDefault', 'Unconfined'];
  switch (type) {
    case 'Localhost': {
      const at = `${field}.localhostProfile`;
      if (localhostProfile == null) return [requiredField(at, 'must be set when AppArmor type is Localhost')];
      const text = localhostProfile.trim();
      if (text !== localhostProfile) return [invalid(at, localhostProfile, 'must not be padded with whitespace')];
      if (text === '') return [requiredField(at, 'must be set when AppArmor type is Localhost')];
      return backstepErrors(text, at);
    }
    case 'RuntimeDefault':
    case 'Unconfined':
      return localhostProfile == null
        ? []
        : [invalid(`${field}.localhostProfile`, localhostProfile, 'can only be set when AppArmor type is Localhost')];
    case '':
      return [requiredField(`${field}.type`, 'type is required when appArmorProfile is set')];
    default:
      return [notSupported(`${field}.type`, type, known)];
  }
}

function sysctlErrors(sysctls: readonly Sysctl[], spec: PodSpec, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, { name }] of sysctls.entries()) {
    const at = `${field}[${index}].name`;
    if (name === '') errors.push(requiredField(at));
    else if (name.length > 253 || !new RegExp(sysctlPattern).test(name)) {
      errors.push(invalid(at, name, `must have at most 253 characters and match regex ${sysctlPattern}`));
    } else if (names.has(name)) errors.push(duplicate(at, name));
    names.add(name);
    const dotted = name.replaceAll('/', '.');
    const refuse = (which: string): number =>
      errors.push(invalid(at, name, `may not be specified when '${which}' is true`));
    if (spec.hostNetwork === true && dotted.startsWith('net.')) refuse('hostNetwork');
    if (
      spec.hostIPC === true &&
      (dotted.startsWith('kernel.shm') ||
        dotted.startsWith('kernel.msg') ||
        dotted === 'kernel.sem' ||
        dotted.startsWith('fs.mqueue.'))
    ) {
      refuse('hostIPC');
    }
  }
  return errors;
}

/** With user namespaces of its own, a pod cannot share those of the host. */
export function hostUsersErrors(spec: PodSpec, field: string): readonly FieldError[] {
  if (spec.hostUsers !== false) return [];
  const detail = 'when `hostUsers` is false';
  const errors: FieldError[] = [];
  if (spec.hostNetwork === true) errors.push(forbidden(`${field}.hostNetwork`, detail));
  if (spec.hostPID === true) errors.push(forbidden(`${field}.HostPID`, detail));
  if (spec.hostIPC === true) errors.push(forbidden(`${field}.HostIPC`, detail));
  return errors;
}

const windowsForbidden = 'cannot be set for a windows pod';

/** Fields that the operating system of the pod does not know. */
export function systemErrors(spec: PodSpec, field: string): readonly FieldError[] {
  if (spec.os == null) return [];
  const { name } = spec.os;
  if (name === '') return [requiredField(`${field}.os.name`)];
  if (name === 'linux') return linuxErrors(spec, field);
  if (name === 'windows') return windowsErrors(spec, field);
  return [notSupported(`${field}.os`, name, ['linux', 'windows'])];
}

function linuxErrors(spec: PodSpec, field: string): readonly FieldError[] {
  const detail = 'windows options cannot be set for a linux pod';
  const errors: FieldError[] = [];
  if (spec.securityContext?.windowsOptions != null) {
    errors.push(forbidden(`${field}.securityContext.windowsOptions`, detail));
  }
  for (const [name, containers] of containersByField(spec)) {
    for (const [index, { securityContext }] of containers.entries()) {
      if (securityContext?.windowsOptions != null) {
        errors.push(forbidden(`${field}.${name}[${index}].securityContext.windowsOptions`, detail));
      }
    }
  }
  return errors;
}

const linuxContainerFields = [
  'appArmorProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'seccompProfile',
  'seLinuxOptions',
  'runAsUser',
  'runAsGroup',
] as const;

function windowsErrors(spec: PodSpec, field: string): readonly FieldError[] {
  const context: Partial<PodSecurityContext> = spec.securityContext ?? {};
  const at = `${field}.securityContext`;
  const linuxOnly: readonly (readonly [string, unknown])[] = [
    [`${field}.hostPID`, spec.hostPID],
    [`${field}.hostIPC`, spec.hostIPC],
    [`${at}.seLinuxOptions`, context.seLinuxOptions],
    [`${at}.seccompProfile`, context.seccompProfile],
    [`${at}.fsGroup`, context.fsGroup],
    [`${at}.fsGroupChangePolicy`, context.fsGroupChangePolicy],
    [`${at}.sysctls`, (context.sysctls ?? []).length > 0],
    [`${field}.shareProcessNamespace`, spec.shareProcessNamespace],
    [`${at}.runAsUser`, context.runAsUser],
    [`${at}.runAsGroup`, context.runAsGroup],
    [`${at}.supplementalGroups`, (context.supplementalGroups ?? []).length > 0],
  ];
  const errors = linuxOnly
    .filter(([, value]) => value !== undefined && value !== null && value !== false)
    .map(([name]) => forbidden(name, windowsForbidden));
  for (const [name, containers] of containersByField(spec)) {
    for (const [index, { securityContext = {} }] of containers.entries()) {
      const given = linuxContainerFields.filter((each) => securityContext[each] != null);
      errors.push(
        ...given.map((each) => forbidden(`${field}.${name}[${index}].securityContext.${each}`, windowsForbidden)),
      );
    }
  }
  return errors;
}

function containersByField(
  spec: PodSpec,
): readonly (readonly [string, readonly { securityContext?: SecurityContext | undefined }[]])[] {
  return [
    ['containers', spec.containers ?? []],
    ['initContainers', spec.initContainers ?? []],
    ['ephemeralContainers', spec.ephemeralContainers ?? []],
  ];
}
