/** What may change in a pod once it exists. */
import { sameValue } from '../../equality.ts';
import { forbidden, invalid, requiredField, type FieldError } from '../../field-error.ts';
import { EphemeralContainer, type Pod, type PodSpec, type Toleration } from '../../groups/core.v1.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { Pods } from '../../resources.ts';
import { goShape } from '../go-shape.ts';
import { ipErrors } from '../ip-errors.ts';
import { lineDifference } from '../line-difference.ts';
import { within } from '../number-errors.ts';
import { specDifference } from './spec-difference.ts';
import { podSpecErrors } from './spec.ts';
import { tolerationsErrors } from './tolerations.ts';

const highestSeconds = 2_147_483_647;
const specType = Pods.kind.fields['spec']?.type ?? Pods.kind;
const onlyText =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

export function podUpdateErrors(pod: Pod, old: Pod, subresource: string): readonly FieldError[] {
  const errors: FieldError[] = [...podSpecErrors(pod.spec, 'spec', pod.metadata.name)];
  if (subresource === 'ephemeralcontainers') return [...errors, ...ephemeralErrors(pod.spec, old.spec)];
  const stop = containerListErrors(pod.spec, old.spec);
  if (stop.length > 0) return [...errors, ...stop];
  errors.push(...imageErrors(pod.spec), ...deadlineErrors(pod.spec, old.spec));
  errors.push(...gateErrors(pod.spec, old.spec));
  errors.push(...tolerationChangeErrors(pod.spec.tolerations ?? [], old.spec.tolerations ?? []));
  errors.push(...otherChangeErrors(pod.spec, old.spec));
  return errors;
}

function containerListErrors(spec: PodSpec, old: PodSpec): readonly FieldError[] {
  return (['containers', 'initContainers'] as const)
    .filter((name) => (spec[name] ?? []).length !== (old[name] ?? []).length)
    .map((name) => forbidden(`spec.${name}`, 'pod updates may not add or remove containers'));
}

/** Checked again where a change of image is let through, as the original does. */
function imageErrors(spec: PodSpec): readonly FieldError[] {
  return (['containers', 'initContainers'] as const).flatMap((name) =>
    (spec[name] ?? []).flatMap(({ image = '' }, index) =>
      image.trim() === '' ? [requiredField(`spec.${name}[${index}].image`)] : [],
    ),
  );
}

function deadlineErrors(spec: PodSpec, old: PodSpec): readonly FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  const after = spec.activeDeadlineSeconds;
  const before = old.activeDeadlineSeconds;
  if (after != null) {
    const errors = within(after, 0, highestSeconds, field);
    if (errors.length > 0) return errors;
    if (before != null && after > before) {
      return [invalid(field, after, 'must be less than or equal to previous value')];
    }
    return [];
  }
  return before == null ? [] : [invalid(field, null, 'must not update from a positive integer to nil value')];
}

function gateErrors(spec: PodSpec, old: PodSpec): readonly FieldError[] {
  const before = new Set((old.schedulingGates ?? []).map(({ name }) => name));
  return (spec.schedulingGates ?? []).flatMap(({ name }, index) =>
    before.has(name)
      ? []
      : [
          forbidden(
            `spec.schedulingGates[${index}].name`,
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ],
  );
}

function tolerationChangeErrors(after: readonly Toleration[], before: readonly Toleration[]): readonly FieldError[] {
  const key = ({ key: name, operator, value, effect }: Toleration): string => [name, operator, value, effect].join('|');
  const kept = new Set(after.map(key));
  if (!before.every((toleration) => kept.has(key(toleration)))) {
    return [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
  }
  return tolerationsErrors(after, 'spec.tolerations');
}

/** Everything else must be as it was: the fields that may change are set back before the comparison. */
function otherChangeErrors(spec: PodSpec, old: PodSpec): readonly FieldError[] {
  const munged = withOldChangeable(spec, old);
  if (sameValue(specType, munged, old)) return [];
  return [
    { type: 'FieldValueForbidden', field: 'spec', message: `Forbidden: ${onlyText}\n${specDifference(old, munged)}` },
  ];
}

function withOldChangeable(spec: PodSpec, old: PodSpec): PodSpec {
  const munged: Record<string, unknown> = { ...spec };
  for (const name of ['containers', 'initContainers'] as const) {
    if (spec[name] === undefined) continue;
    munged[name] = spec[name].map((container, index) => ({ ...container, image: old[name]?.[index]?.image ?? '' }));
  }
  const carry = (name: keyof PodSpec): void => {
    if (old[name] === undefined) delete munged[name];
    else munged[name] = old[name];
  };
  carry('activeDeadlineSeconds');
  carry('schedulingGates');
  carry('tolerations');
  if ((old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1) {
    carry('terminationGracePeriodSeconds');
  }
  if ((old.schedulingGates ?? []).length > 0) {
    if (addsSelector(spec, old)) carry('nodeSelector');
    if (old.affinity?.nodeAffinity == null) munged['affinity'] = old.affinity ?? spec.affinity;
  }
  return munged as unknown as PodSpec;
}

/** While a pod is gated, what it asks of nodes may grow stricter. */
function addsSelector(spec: PodSpec, old: PodSpec): boolean {
  return Object.entries(old.nodeSelector ?? {}).every(([key, value]) => spec.nodeSelector?.[key] === value);
}

function ephemeralErrors(spec: PodSpec, old: PodSpec): readonly FieldError[] {
  const field = 'spec.ephemeralContainers';
  const errors: FieldError[] = [];
  for (const before of old.ephemeralContainers ?? []) {
    const after = (spec.ephemeralContainers ?? []).find(({ name }) => name === before.name);
    if (after === undefined) {
      errors.push(forbidden(field, `existing ephemeral containers "${before.name}" may not be removed\n`));
    } else if (JSON.stringify(after) !== JSON.stringify(before)) {
      const change = lineDifference(shownContainer(before), shownContainer(after));
      errors.push(forbidden(field, `existing ephemeral containers "${before.name}" may not be changed\n${change}`));
    }
  }
  return errors;
}

function shownContainer(container: NonNullable<PodSpec['ephemeralContainers']>[number]): string {
  return JSON.stringify(goShape(EphemeralContainer, container), null, 1);
}

export function podStatusErrors(pod: Pod, old: Pod): readonly FieldError[] {
  const { status } = pod;
  const errors: FieldError[] = [];
  const { nominatedNodeName } = status;
  if (nominatedNodeName) {
    errors.push(
      ...dnsSubdomainErrors(nominatedNodeName).map((text) =>
        invalid('status.nominatedNodeName', nominatedNodeName, text),
      ),
    );
  }
  if (status.qosClass !== old.status.qosClass) {
    errors.push(invalid('status.qosClass', status.qosClass ?? '', 'field is immutable'));
  }
  errors.push(...restartErrors(pod, old), ...addressErrors(pod));
  return errors;
}

/** A container that ended for good does not run again. */
function restartErrors(pod: Pod, old: Pod): readonly FieldError[] {
  if (old.spec.restartPolicy === 'Always') return [];
  const errors: FieldError[] = [];
  for (const before of old.status.containerStatuses ?? []) {
    if (before.state?.terminated == null) continue;
    if (before.state.terminated.exitCode !== 0 && old.spec.restartPolicy === 'OnFailure') continue;
    const index = (pod.status.containerStatuses ?? []).findIndex(({ name }) => name === before.name);
    const after = pod.status.containerStatuses?.[index];
    if (after !== undefined && after.state?.terminated == null) {
      errors.push(
        forbidden(`status.containerStatuses[${index}].state`, 'may not be transitioned to non-terminated state'),
      );
    }
  }
  return errors;
}

function addressErrors({ status }: Pod): readonly FieldError[] {
  const ips = (status.podIPs ?? []).map(({ ip }) => ip);
  const errors = ips.flatMap((ip, index) => ipErrors(ip, `status.podIPs[${index}]`));
  const families = new Set(ips.map((ip) => ip.includes(':')));
  if (errors.length === 0 && ips.length > 1 && (families.size !== 2 || ips.length > 2)) {
    const value = ips.map((ip) => ({ IP: ip }));
    errors.push(invalid('status.podIPs', value, 'may specify no more than one IP for each IP family'));
  }
  return errors;
}
