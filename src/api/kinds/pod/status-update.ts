/** What the node of a pod may say of it. */
import { duplicate, forbidden, invalid, notSupported, type FieldError } from '../../field-error.ts';
import type { ContainerStatus, Pod, PodSpec } from '../../groups/core.v1.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { qualifiedNameErrors } from '../../names.ts';
import { ipErrors } from '../ip-errors.ts';
import { within } from '../number-errors.ts';
import { annotationUpdateErrors } from './annotations.ts';

const highestId = 2_147_483_647;
const systemConditions = ['PodScheduled', 'Ready', 'Initialized'];

export function podStatusErrors(pod: Pod, old: Pod): readonly FieldError[] {
  const { spec, status } = pod;
  const { nominatedNodeName } = status;
  const errors: FieldError[] = [...annotationUpdateErrors(pod, old), ...conditionErrors(pod)];
  if (nominatedNodeName && nominatedNodeName !== old.status.nominatedNodeName) {
    const at = 'status.nominatedNodeName';
    errors.push(...dnsSubdomainErrors(nominatedNodeName).map((text) => invalid(at, nominatedNodeName, text)));
  }
  if (status.qosClass !== old.status.qosClass) {
    errors.push(invalid('status.qosClass', status.qosClass ?? '', 'field is immutable'));
  }
  errors.push(...restartErrors(pod, old), ...claimStatusNameErrors(pod));
  errors.push(...podAddressErrors(pod), ...hostAddressErrors(pod));
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
  return (status.conditions ?? []).flatMap(({ type }, index) =>
    systemConditions.includes(type)
      ? []
      : qualifiedNameErrors(type).map((text) => invalid(`metadata.conditions[${index}].Type`, type, text)),
  );
}

/** A container that ended for good does not run again. */
function restartErrors(pod: Pod, old: Pod): readonly FieldError[] {
  const { restartPolicy = '' } = old.spec;
  return statusLists.flatMap((list) => {
    // Nobody starts an ephemeral container again.
    const policy = list === 'ephemeralContainerStatuses' ? 'Never' : restartPolicy;
    if (policy === 'Always') return [];
    return (old.status[list] ?? []).flatMap((before, index) => {
      const { terminated } = before.state ?? {};
      if (terminated == null || (terminated.exitCode !== 0 && policy === 'OnFailure')) return [];
      if (startsAgain(before.name, old.spec)) return [];
      return (pod.status[list] ?? [])
        .filter(({ name, state }) => name === before.name && state?.terminated == null)
        .map(() => forbidden(`status.${list}[${index}].state`, 'may not be transitioned to non-terminated state'));
    });
  });
}

/** The container has a policy of its own. */
function startsAgain(name: string, { containers, initContainers }: PodSpec): boolean {
  const container = [...(initContainers ?? []), ...(containers ?? [])].find((each) => each.name === name);
  return container?.restartPolicy === 'Always' || (container?.restartPolicyRules ?? []).length > 0;
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

function podAddressErrors({ status }: Pod): readonly FieldError[] {
  const ips = (status.podIPs ?? []).map(({ ip }) => ip);
  const field = 'status.podIPs';
  const errors = ips.flatMap((ip, index) => ipErrors(ip, `${field}[${index}]`));
  return [...errors, ...(ips.length > 1 ? [...familyErrors(ips, field), ...repeatErrors(ips, field)] : [])];
}

function hostAddressErrors({ status }: Pod): readonly FieldError[] {
  const ips = (status.hostIPs ?? []).map(({ ip }) => ip);
  const [first] = ips;
  if (first === undefined) return [];
  const field = 'status.hostIPs';
  const errors: FieldError[] = [];
  if ((status.hostIP ?? '') !== first) {
    errors.push(invalid(`${field}[0].ip`, first, 'must be equal to `hostIP`'));
  }
  errors.push(...ips.flatMap((ip, index) => ipErrors(ip, `${field}[${index}]`)));
  return [...errors, ...(ips.length > 1 ? [...repeatErrors(ips, field), ...familyErrors(ips, field)] : [])];
}

function familyErrors(ips: readonly string[], field: string): readonly FieldError[] {
  const bad = ips.some((ip) => ipErrors(ip, '').length > 0);
  const families = new Set(ips.map((ip) => ip.includes(':')));
  if (bad || (families.size === 2 && ips.length === 2)) return [];
  const shown = ips.map((ip) => ({ IP: ip }));
  return [invalid(field, shown, 'may specify no more than one IP for each IP family')];
}

function repeatErrors(ips: readonly string[], field: string): readonly FieldError[] {
  return ips.flatMap((ip, index) => (ips.indexOf(ip) < index ? [duplicate(`${field}[${index}]`, { IP: ip })] : []));
}

function userErrors(statuses: readonly ContainerStatus[], { os }: PodSpec, field: string): readonly FieldError[] {
  return statuses.flatMap(({ user }, index) => {
    const linux = user?.linux;
    if (linux == null) return [];
    const at = `${field}[${index}].linux`;
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
      const ids = (resource.resources ?? []).map(({ resourceID }) => resourceID);
      for (const [place, { health = '', resourceID }] of (resource.resources ?? []).entries()) {
        const item = `${at}.resources[${place}]`;
        if (!healths.includes(health)) errors.push(notSupported(`${item}.health`, health, healths));
        if (ids.indexOf(resourceID) < place) errors.push(duplicate(`${item}.resourceID`, resourceID));
      }
      return errors;
    }),
  );
}
