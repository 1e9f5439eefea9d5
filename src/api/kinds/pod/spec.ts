/** The spec of a pod, part by part, in the order in which the errors are told. */
import { joined } from '../../joined.ts';
import {
  duplicate,
  forbidden,
  invalid,
  notSupported,
  requiredField,
  tooLong,
  type FieldError,
} from '../../field-error.ts';
import type { Pod, PodDNSConfig, PodSpec, TopologySpreadConstraint } from '../../groups/core.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { patternText, qualifiedNameErrors } from '../../names.ts';
import { labelsErrors } from '../../object-meta.ts';
import { goValue } from '../go-value.ts';
import { ipErrors } from '../ip-errors.ts';
import { within } from '../number-errors.ts';
import { labelSelectorErrors } from '../selector-errors.ts';
import { affinityErrors, labelKeysErrors } from './affinity.ts';
import { isMirrored } from './annotations.ts';
import { claimNamesOf } from './container-claims.ts';
import { containersErrors, ephemeralContainersErrors, imagePaddingErrors, initContainersErrors } from './container.ts';
import { fileVolumeErrors } from './environment.ts';
import { podResourceErrors } from './pod-resources.ts';
import { overheadErrors } from './resources.ts';
import { hostUsersErrors, podSecurityErrors, systemErrors } from './security-context.ts';
import { tolerationsErrors } from './tolerations.ts';
import { checkVolumes } from './volumes.ts';
import { hostProcessErrors } from './windows-options.ts';

const highestSeconds = 2_147_483_647;
/** Search paths may have underscores, too. */
const searchSource = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*';
const searchPattern = new RegExp(`^${searchSource}$`);
const searchText = patternText(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  searchSource,
  'example.com',
);
/** What the kernel takes. */
const maxHostName = 64;
const maxNameservers = 3;
const maxSearchPaths = 32;
const maxSearchLength = 2048;
const maxDomainLength = 253;
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const restartPolicies = ['Always', 'OnFailure', 'Never'];

/** `pod`: undefined for the spec of a template, of which less is asked. */
export function podSpecErrors(spec: PodSpec, field: string, pod?: Pod['metadata']): readonly FieldError[] {
  const { errors, volumes } = checkVolumes(spec, pod?.name, `${field}.volumes`);
  const around = { spec, volumes, claims: claimNamesOf(spec) };
  return joined(
    errors,
    isMirrored(pod?.annotations) ? staticClaimErrors(spec) : resourceClaimErrors(spec, `${field}.resourceClaims`),
    containersErrors(around, field),
    initContainersErrors(around, field),
    ephemeralContainersErrors(around, field),
    podResourceErrors(spec, `${field}.resources`),
    hostNetworkErrors(spec, pod !== undefined, field),
    choiceErrors(spec.restartPolicy, restartPolicies, `${field}.restartPolicy`),
    choiceErrors(spec.dnsPolicy, dnsPolicies, `${field}.dnsPolicy`),
    labelsErrors(spec.nodeSelector, `${field}.nodeSelector`),
    podSecurityErrors(spec, field),
    affinityErrors(spec.affinity, `${field}.affinity`),
    dnsErrors(spec, `${field}.dnsConfig`),
    (spec.readinessGates ?? []).flatMap(({ conditionType }, index) =>
      qualifiedNameErrors(conditionType).map((text) =>
        invalid(`${field}.readinessGates[${index}].conditionType`, conditionType, text),
      ),
    ),
    schedulingGateErrors(spec, `${field}.schedulingGates`),
    spreadErrors(spec.topologySpreadConstraints ?? [], `${field}.topologySpreadConstraints`),
    hostProcessErrors(spec, field),
    hostUsersErrors(spec, field),
    hostNameErrors(spec, `${field}.hostnameOverride`),
    nameErrors(spec, field),
    tolerationsErrors(spec.tolerations ?? [], `${field}.tolerations`),
    hostAliasErrors(spec, `${field}.hostAliases`),
    subdomainErrors(spec.priorityClassName, `${field}.priorityClassName`),
    runtimeClassErrors(spec.runtimeClassName, `${field}.runtimeClassName`),
    spec.preemptionPolicy == null
      ? []
      : choiceErrors(spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], `${field}.preemptionPolicy`),
    overheadErrors(spec.overhead ?? {}, `${field}.overhead`),
    systemErrors(spec, field),
    fileVolumeErrors(spec, field),
    pod === undefined ? [] : onlyInPodErrors(spec, field),
  );
}

function choiceErrors(value: string | undefined, known: readonly string[], field: string): readonly FieldError[] {
  if (value === undefined || value === '') return [requiredField(field)];
  return known.includes(value) ? [] : [notSupported(field, value, known)];
}

function subdomainErrors(value: string | undefined, field: string): readonly FieldError[] {
  return value ? dnsSubdomainErrors(value).map((text) => invalid(field, value, text)) : [];
}

function nameErrors(spec: PodSpec, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  errors.push(...subdomainErrors(spec.serviceAccountName, `${field}.serviceAccountName`));
  errors.push(...subdomainErrors(spec.nodeName, `${field}.nodeName`));
  errors.push(...within(spec.activeDeadlineSeconds, 1, highestSeconds, `${field}.activeDeadlineSeconds`));
  for (const name of ['hostname', 'subdomain'] as const) {
    const value = spec[name];
    if (value) errors.push(...dnsLabelErrors(value).map((text) => invalid(`${field}.${name}`, value, text)));
  }
  return errors;
}

/** A name for the host that only the pod itself sees. */
function hostNameErrors(spec: PodSpec, field: string): readonly FieldError[] {
  const { hostnameOverride: name, setHostnameAsFQDN, hostNetwork } = spec;
  if (name == null) return [];
  const errors: FieldError[] = [];
  if (setHostnameAsFQDN === true) {
    errors.push(forbidden(field, 'may not be specified when setHostnameAsFQDN is true'));
  }
  if (hostNetwork === true) errors.push(forbidden(field, 'may not be specified when hostNetwork is true'));
  if (Buffer.byteLength(name) > maxHostName) errors.push(tooLong(field, maxHostName));
  return [...errors, ...dnsSubdomainErrors(name).map((text) => invalid(field, name, text))];
}

function runtimeClassErrors(name: string | null | undefined, field: string): readonly FieldError[] {
  return name == null ? [] : dnsSubdomainErrors(name).map((text) => invalid(field, name, text));
}

/** A template may leave the ports of the host to the pod, which gets them by default. */
function hostNetworkErrors({ hostNetwork, containers }: PodSpec, isPod: boolean, field: string): readonly FieldError[] {
  if (hostNetwork !== true) return [];
  const detail = 'must match `containerPort` when `hostNetwork` is true';
  return (containers ?? []).flatMap(({ ports }, index) =>
    (ports ?? []).flatMap(({ hostPort = 0, containerPort }, position) =>
      (isPod || hostPort !== 0) && hostPort !== containerPort
        ? [invalid(`${field}.containers[${index}].ports[${position}].hostPort`, hostPort, detail)]
        : [],
    ),
  );
}

function onlyInPodErrors(spec: PodSpec, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, { projected }] of (spec.serviceAccountName ? [] : (spec.volumes ?? [])).entries()) {
    for (const [position, { serviceAccountToken }] of (projected?.sources ?? []).entries()) {
      if (serviceAccountToken == null) continue;
      const at = `${field}.volumes[${index}].projected.sources[${position}].serviceAccountToken`;
      errors.push(forbidden(at, 'must not be specified when serviceAccountName is not set'));
    }
  }
  return [...errors, ...imagePaddingErrors(spec, field)];
}

/** A node makes its static pods by itself, and knows no claims. */
function staticClaimErrors({ resourceClaims = [] }: PodSpec): readonly FieldError[] {
  return resourceClaims.map(() => forbidden('[]', 'static pods do not support resource claims'));
}

function resourceClaimErrors(spec: PodSpec, field: string): readonly FieldError[] {
  if (spec.resourceClaims === undefined) return [];
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, claim] of spec.resourceClaims.entries()) {
    const item = `${field}[${index}]`;
    const refuse = (detail: string): number => errors.push(invalid(item, goValue.podResourceClaim(claim), detail));
    const { name, resourceClaimName, resourceClaimTemplateName } = claim;
    if (name === '') errors.push(requiredField(`${item}.name`));
    else if (names.has(name)) errors.push(duplicate(`${item}.name`, name));
    else errors.push(...dnsLabelErrors(name).map((text) => invalid(`${item}.name`, name, text)));
    names.add(name);
    if (resourceClaimName != null && resourceClaimTemplateName != null) {
      refuse('at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified');
    }
    if (resourceClaimName == null && resourceClaimTemplateName == null) {
      refuse('must specify one of: `resourceClaimName`, `resourceClaimTemplateName`');
    }
    for (const which of ['resourceClaimName', 'resourceClaimTemplateName'] as const) {
      const value = claim[which];
      if (value != null) {
        errors.push(...dnsSubdomainErrors(value).map((text) => invalid(`${item}.${which}`, value, text)));
      }
    }
  }
  return errors;
}

function dnsErrors({ dnsConfig, dnsPolicy }: PodSpec, field: string): readonly FieldError[] {
  if (dnsPolicy === 'None') {
    if (dnsConfig == null) return [requiredField(field, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if ((dnsConfig.nameservers ?? []).length === 0) {
      const detail = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
      return [requiredField(`${field}.nameservers`, detail)];
    }
  }
  return dnsConfig == null ? [] : dnsConfigErrors(dnsConfig, field);
}

function dnsConfigErrors(
  { nameservers = [], searches = [], options = [] }: PodDNSConfig,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (nameservers.length > maxNameservers) {
    errors.push(invalid(`${field}.nameservers`, nameservers, `must not have more than ${maxNameservers} nameservers`));
  }
  for (const [index, address] of nameservers.entries()) {
    errors.push(...ipErrors(address, `${field}.nameservers[${index}]`));
  }
  if (searches.length > maxSearchPaths) {
    errors.push(invalid(`${field}.searches`, searches, `must not have more than ${maxSearchPaths} search paths`));
  }
  if (searches.join(' ').length > maxSearchLength) {
    const detail = `must not have more than ${maxSearchLength} characters (including spaces) in the search list`;
    errors.push(invalid(`${field}.searches`, searches, detail));
  }
  for (const [index, search] of searches.entries()) {
    if (search === '.') continue;
    const at = `${field}.searches[${index}]`;
    const name = search.replace(/\.$/, '');
    if (name.length > maxDomainLength) {
      errors.push(invalid(at, name, `must be no more than ${maxDomainLength} characters`));
    }
    if (!searchPattern.test(name)) errors.push(invalid(at, name, searchText));
  }
  for (const [index, { name }] of options.entries()) {
    if (!name) errors.push(requiredField(`${field}.options[${index}]`, 'must not be empty'));
  }
  return errors;
}

function schedulingGateErrors(spec: PodSpec, field: string): readonly FieldError[] {
  if (spec.schedulingGates === undefined) return [];
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { name }] of spec.schedulingGates.entries()) {
    const item = `${field}[${index}]`;
    errors.push(...qualifiedNameErrors(name).map((text) => invalid(item, name, text)));
    if (seen.has(name)) errors.push(duplicate(item, name));
    seen.add(name);
  }
  return errors;
}

function spreadErrors(constraints: readonly TopologySpreadConstraint[], field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, constraint] of constraints.entries()) {
    const item = `${field}[${index}]`;
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains } = constraint;
    errors.push(...aboveZero(maxSkew, `${item}.maxSkew`));
    if (topologyKey === '') errors.push(requiredField(`${item}.topologyKey`, 'can not be empty'));
    const actions = ['DoNotSchedule', 'ScheduleAnyway'];
    if (!actions.includes(whenUnsatisfiable)) {
      errors.push(notSupported(`${item}.whenUnsatisfiable`, whenUnsatisfiable, actions));
    }
    const again = constraints
      .slice(index + 1)
      .some((each) => each.topologyKey === topologyKey && each.whenUnsatisfiable === whenUnsatisfiable);
    if (again)
      errors.push(duplicate(`${item}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`));
    if (minDomains != null) {
      errors.push(...aboveZero(minDomains, `${item}.minDomains`));
      if (whenUnsatisfiable !== 'DoNotSchedule') {
        const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
        errors.push(invalid(`${item}.minDomains`, minDomains, detail));
      }
    }
    for (const name of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const value = constraint[name];
      if (value != null && !['Honor', 'Ignore'].includes(value)) {
        errors.push(notSupported(`${item}.${name}`, value, ['Honor', 'Ignore']));
      }
    }
    errors.push(...labelKeysErrors(constraint, item));
    errors.push(...labelSelectorErrors(constraint.labelSelector, `${item}.labelSelector`));
  }
  return errors;
}

function aboveZero(value: number, field: string): readonly FieldError[] {
  return value > 0 ? [] : [invalid(field, value, 'must be greater than zero')];
}

function hostAliasErrors({ hostAliases = [] }: PodSpec, field: string): readonly FieldError[] {
  return hostAliases.flatMap(({ ip, hostnames = [] }, index) => [
    ...ipErrors(ip, `${field}[${index}].ip`),
    ...hostnames.flatMap((name, position) =>
      dnsSubdomainErrors(name).map((text) => invalid(`${field}[${index}].hostnames[${position}]`, name, text)),
    ),
  ]);
}
