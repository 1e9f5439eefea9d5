/** What the node of a pod may say of it. */
import {
  duplicate,
  forbidden,
  internal,
  invalid,
  notSupported,
  requiredField,
  tooLong,
  type FieldError,
} from '../../field-error.ts';
import type { ContainerStatus, Pod, PodSpec, ResourceHealth } from '../../groups/core.v1.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { qualifiedNameErrors } from '../../names.ts';
import { repeats } from '../../repeats.ts';
import { ipErrors, isAnyAddress } from '../ip-errors.ts';
import { within } from '../number-errors.ts';
import { annotationUpdateErrors } from './annotations.ts';
import { extendedClaimErrors } from './extended-claim.ts';
import { couldAllRestart, startsAgain } from './restart.ts';

const highestId = 2_147_483_647;
const systemConditions = ['PodScheduled', 'Ready', 'Initialized'];

export function podStatusErrors(pod: Pod, old: Pod): readonly FieldError[] {
  const { spec, status } = pod;
  const { nominatedNodeName } = status;
  const errors: FieldError[] = [...annotationUpdateErrors(pod, old), ...conditionErrors(pod)];
  if (nominatedNodeName && nominatedNodeName !== old.status.nominatedNodeName) {
    const at = 'status.nominatedNodeName';
    errors.push(...dnsSubdomainErrors(nominatedNodeName).map((text) => invalid(at, nominatedNodeName, text)));
    if (old.spec.nodeName) errors.push(forbidden(at, 'may not be set on pods that are already bound to a node'));
  }
  errors.push(...generationErrors(status.observedGeneration, 'status.observedGeneration'));
  if (status.qosClass !== old.status.qosClass) {
    errors.push(invalid('status.qosClass', status.qosClass ?? '', 'field is immutable'));
  }
  errors.push(...restartErrors(pod, old), ...claimStatusNameErrors(pod));
  if (status.extendedResourceClaimStatus != null) {
    const at = 'status.extendedResourceClaimStatus';
    errors.push(...extendedClaimErrors(status.extendedResourceClaimStatus, spec, at));
  }
  errors.push(...podAddressErrors(pod, old), ...hostAddressErrors(pod, old));
  for (const list of statusLists) errors.push(...userErrors(status[list] ?? [], spec, `status.${list}`));
  errors.push(...allocatedErrors(status.containerStatuses ?? [], spec.containers ?? [], 'status.containerStatuses'));
  const ofInit = status.initContainerStatuses ?? [];
  errors.push(...allocatedErrors(ofInit, spec.initContainers ?? [], 'status.initContainerStatuses'));
  for (const [index, each] of (status.ephemeralContainerStatuses ?? []).entries()) {
    if ((each.allocatedResourcesStatus ?? []).length === 0) continue;
    const at = `status.ephemeralContainerStatuses[${index}].allocatedResourcesStatus`;
    errors.push(forbidden(at, 'must not be specified in container status'));
  }
  return errors;
}

const statusLists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const;

function conditionErrors({ status }: Pod): readonly FieldError[] {
  return (status.conditions ?? []).flatMap(({ type, observedGeneration }, index) => {
    const field = `status.conditions[${index}]`;
    const texts = systemConditions.includes(type) ? [] : qualifiedNameErrors(type);
    return [
      ...generationErrors(observedGeneration, `${field}.observedGeneration`),
      ...texts.map((text) => invalid(`${field}.Type`, type, text)),
    ];
  });
}

function generationErrors(value: number | undefined, field: string): readonly FieldError[] {
  return (value ?? 0) < 0 ? [invalid(field, value, 'must be a non-negative integer')] : [];
}

/** A container that ended for good does not run again. */
function restartErrors(pod: Pod, old: Pod): readonly FieldError[] {
  return statusLists.flatMap((list) => {
    // Nobody starts an ephemeral container again.
    const restarts = list !== 'ephemeralContainerStatuses';
    if (restarts && couldAllRestart(old.spec)) return [];
    const containers = { containerStatuses: old.spec.containers, initContainerStatuses: old.spec.initContainers };
    return (old.status[list] ?? []).flatMap(({ name, state }, index) => {
      if (state?.terminated == null) return [];
      const { exitCode } = state.terminated;
      const again = (pod.status[list] ?? []).find((each) => each.name === name && each.state?.terminated == null);
      if (again === undefined) return [];
      const container = restarts ? (containers[list] ?? []).find((each) => each.name === name) : undefined;
      if (container !== undefined && startsAgain(container, old.spec, exitCode)) return [];
      return [forbidden(`status.${list}[${index}].state`, 'may not be transitioned to non-terminated state')];
    });
  });
}

function claimStatusNameErrors({ spec, status }: Pod): readonly FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, { name, resourceClaimName }] of (status.resourceClaimStatuses ?? []).entries()) {
    const field = `status.resourceClaimStatuses[${index}].name`;
    if (!(spec.resourceClaims ?? []).some((claim) => claim.name === name)) {
      errors.push(invalid(field, name, 'must match the name of an entry in `spec.resourceClaims`'));
    }
    if (names.has(name)) errors.push(duplicate(field, name));
    names.add(name);
    if (resourceClaimName == null) continue;
    errors.push(...dnsSubdomainErrors(resourceClaimName).map((text) => invalid(field, resourceClaimName, text)));
  }
  return errors;
}

function podAddressErrors({ status }: Pod, { status: old }: Pod): readonly FieldError[] {
  return addressErrors(status.podIPs ?? [], old.podIPs ?? [], 'status.podIPs');
}

function hostAddressErrors({ status }: Pod, { status: old }: Pod): readonly FieldError[] {
  const [first] = status.hostIPs ?? [];
  if (first === undefined) return [];
  const field = 'status.hostIPs';
  const errors = addressErrors(status.hostIPs ?? [], old.hostIPs ?? [], field);
  return (status.hostIP ?? '') === first.ip
    ? errors
    : [invalid(`${field}[0].ip`, first.ip, 'must be equal to `hostIP`'), ...errors];
}

interface Address {
  readonly ip: string;
}

/** What the status already says may stay, and not more than one address of each family. */
function addressErrors(addresses: readonly Address[], old: readonly Address[], field: string): readonly FieldError[] {
  const kept = new Set(old.map(({ ip }) => ip));
  const errors = addresses.flatMap(({ ip }, index) => ipErrors(ip, `${field}[${index}]`, kept));
  if (addresses.length < 2) return errors;
  const bad = addresses.findIndex(({ ip }) => !isAnyAddress(ip));
  const families = new Set(addresses.map(({ ip }) => ip.includes(':')));
  const shown = addresses.map(({ ip }) => ({ IP: ip }));
  const problem = `failed to check for dual stack with error:invalid IP[${bad}]: ${addresses[bad]?.ip}`;
  return [
    ...errors,
    ...(bad < 0 ? [] : [internal(field, problem)]),
    ...(bad < 0 && families.size === 2 && addresses.length === 2
      ? []
      : [invalid(field, shown, 'may specify no more than one IP for each IP family')]),
  ];
}

function userErrors(statuses: readonly ContainerStatus[], { os }: PodSpec, field: string): readonly FieldError[] {
  return statuses.flatMap(({ user }, index) => {
    const linux = user?.linux;
    if (linux == null) return [];
    const at = `${field}[${index}].user.linux`;
    if (os?.name === 'windows') return [forbidden(at, 'cannot be set for a windows pod')];
    return [
      ...within(linux.uid, 0, highestId, `${at}.uid`),
      ...within(linux.gid, 0, highestId, `${at}.gid`),
      ...(linux.supplementalGroups ?? []).flatMap((id, position) =>
        within(id, 0, highestId, `${at}.supplementalGroups[${position}]`),
      ),
    ];
  });
}

const maxMessageBytes = 1024;
const healths = ['Healthy', 'Unhealthy', 'Unknown'];

/** How the devices of a container are: each by a name that the container asks for. */
function allocatedErrors(
  statuses: readonly ContainerStatus[],
  containers: NonNullable<PodSpec['containers']>,
  field: string,
): readonly FieldError[] {
  return statuses.flatMap(({ name, allocatedResourcesStatus = [] }, index) =>
    allocatedResourcesStatus.flatMap((resource, position) => {
      const at = `${field}[${index}].allocatedResourcesStatus[${position}]`;
      const errors: FieldError[] = [];
      const resources = containers.find((container) => container.name === name)?.resources;
      if (resources !== undefined) {
        const ofClaim = resource.name.startsWith('claim:');
        const known = ofClaim
          ? (resources.claims ?? []).map((claim) => `claim:${claim.name}${claim.request ? `/${claim.request}` : ''}`)
          : Object.keys(resources.requests ?? {});
        const detail = ofClaim
          ? "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"
          : "must match one of the container's resource requests";
        if (!known.includes(resource.name)) errors.push(invalid(`${at}.name`, resource.name, detail));
      }
      const again = repeats((resource.resources ?? []).map(({ resourceID }) => resourceID));
      for (const [place, { health = '', resourceID, message }] of (resource.resources ?? []).entries()) {
        const item = `${at}.resources[${place}]`;
        if (!healths.includes(health)) errors.push(notSupported(`${item}.health`, health, healths));
        errors.push(...messageErrors(message, `${item}.message`));
        if (again.has(place)) errors.push(duplicate(`${item}.resourceID`, resourceID));
      }
      return errors;
    }),
  );
}

function messageErrors(message: ResourceHealth['message'], field: string): readonly FieldError[] {
  if (message == null) return [];
  if (message === '') return [requiredField(field, 'must be non-empty if specified')];
  return Buffer.byteLength(message) > maxMessageBytes ? [tooLong(field, maxMessageBytes)] : [];
}
