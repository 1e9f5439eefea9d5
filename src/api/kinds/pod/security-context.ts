/** Rights of pods and containers on their host. */
import {
  duplicate,
  forbidden,
  invalid,
  notSupported,
  requiredField,
  tooLong,
  type FieldError,
} from '../../field-error.ts';
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
import { containersInOrder } from './containers-in-order.ts';
import { localPathErrors } from './volume-mounts.ts';
import { windowsOptionsErrors } from './windows-options.ts';

const highestId = 2_147_483_647;
/** A path of the host, without the end that C wants. */
const maxProfileBytes = 4095;
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
    for (const name of capabilities?.add ?? []) {
      if (name === 'CAP_SYS_ADMIN') refuse('`capabilities.Add` CAP_SYS_ADMIN');
    }
  }
  errors.push(...windowsOptionsErrors(context.windowsOptions, `${field}.windowsOptions`));
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
  const choice = (name: ChoiceName, known: readonly string[]): readonly FieldError[] => {
    const value = context[name];
    return value == null || known.includes(value) ? [] : [notSupported(`${at}.${name}`, value, known)];
  };
  return [
    ...errors,
    ...choice('fsGroupChangePolicy', ['Always', 'OnRootMismatch']),
    ...seccompErrors(context.seccompProfile, `${at}.seccompProfile`),
    ...windowsOptionsErrors(context.windowsOptions, `${at}.windowsOptions`),
    ...appArmorErrors(context.appArmorProfile, `${at}.appArmorProfile`),
    ...choice('supplementalGroupsPolicy', ['Merge', 'Strict']),
    ...choice('seLinuxChangePolicy', ['MountOption', 'Recursive']),
  ];
}

type ChoiceName = 'fsGroupChangePolicy' | 'supplementalGroupsPolicy' | 'seLinuxChangePolicy';

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'];

function seccompErrors(profile: SeccompProfile | undefined, field: string): readonly FieldError[] {
  if (profile == null) return [];
  const { type, localhostProfile } = profile;
  const errors: FieldError[] = [];
  if (type === '') errors.push(requiredField(`${field}.type`, 'type is required when seccompProfile is set'));
  else if (!profileTypes.includes(type)) errors.push(notSupported(`${field}.type`, type, profileTypes));
  const at = `${field}.localhostProfile`;
  if (type === 'Localhost') {
    return localhostProfile == null
      ? [requiredField(at, 'must be set when seccomp type is Localhost')]
      : localPathErrors(localhostProfile, at);
  }
  if (localhostProfile == null) return errors;
  const shown = { Type: type, LocalhostProfile: localhostProfile };
  return [...errors, invalid(at, shown, 'can only be set when seccomp type is Localhost')];
}

export function appArmorErrors(profile: AppArmorProfile | undefined, field: string): readonly FieldError[] {
  if (profile == null) return [];
  const { type, localhostProfile } = profile;
  switch (type) {
    case 'Localhost': {
      const at = `${field}.localhostProfile`;
      if (localhostProfile == null) return [requiredField(at, 'must be set when AppArmor type is Localhost')];
      const text = localhostProfile.trim();
      const errors: FieldError[] = [];
      if (text !== localhostProfile) errors.push(invalid(at, localhostProfile, 'must not be padded with whitespace'));
      else if (text === '') errors.push(requiredField(at, 'must be set when AppArmor type is Localhost'));
      if (Buffer.byteLength(localhostProfile) > maxProfileBytes) errors.push(tooLong(at, maxProfileBytes));
      return errors;
    }
    case 'RuntimeDefault':
    case 'Unconfined':
      return localhostProfile == null
        ? []
        : [invalid(`${field}.localhostProfile`, localhostProfile, 'can only be set when AppArmor type is Localhost')];
    case '':
      return [requiredField(`${field}.type`, 'type is required when appArmorProfile is set')];
    default:
      return [notSupported(`${field}.type`, type, profileTypes)];
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
  for (const { path, container } of containersInOrder(spec)) {
    if ((container.volumeDevices ?? []).length > 0) errors.push(forbidden(`${field}.${path}.volumeDevices`, detail));
  }
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
  for (const { path, container } of containersInOrder(spec)) {
    if (container.securityContext?.windowsOptions != null) {
      errors.push(forbidden(`${field}.${path}.securityContext.windowsOptions`, detail));
    }
  }
  return errors;
}

const linuxContainerFields = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const;

function windowsErrors(spec: PodSpec, field: string): readonly FieldError[] {
  const context: Partial<PodSecurityContext> = spec.securityContext ?? {};
  const at = `${field}.securityContext`;
  const linuxOnly: readonly (readonly [string, unknown])[] = [
    [`${at}.appArmorProfile`, context.appArmorProfile],
    [`${at}.seLinuxOptions`, context.seLinuxOptions],
    [`${field}.hostUsers`, spec.hostUsers],
    [`${field}.hostPID`, spec.hostPID || undefined],
    [`${field}.hostIPC`, spec.hostIPC || undefined],
    [`${at}.seccompProfile`, context.seccompProfile],
    [`${at}.fsGroup`, context.fsGroup],
    [`${at}.fsGroupChangePolicy`, context.fsGroupChangePolicy],
    [`${at}.sysctls`, context.sysctls?.[0]],
    [`${field}.shareProcessNamespace`, spec.shareProcessNamespace],
    [`${at}.runAsUser`, context.runAsUser],
    [`${at}.runAsGroup`, context.runAsGroup],
    [`${at}.supplementalGroups`, context.supplementalGroups],
    [`${at}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy],
    [`${at}.seLinuxChangePolicy`, context.seLinuxChangePolicy],
  ];
  const errors = linuxOnly.filter(([, value]) => value != null).map(([name]) => forbidden(name, windowsForbidden));
  for (const { path, container } of containersInOrder(spec)) {
    const given = linuxContainerFields.filter((each) => container.securityContext?.[each] != null);
    errors.push(...given.map((each) => forbidden(`${field}.${path}.securityContext.${each}`, windowsForbidden)));
  }
  return errors;
}
