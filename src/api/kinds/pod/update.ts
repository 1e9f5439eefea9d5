/** What may change in a pod once it exists. */
import { joined } from '../../joined.ts';
import { sameValue } from '../../equality.ts';
import { forbidden, invalid, requiredField, type FieldError } from '../../field-error.ts';
import { EphemeralContainer, type Pod, type PodSpec, type Toleration } from '../../groups/core.v1.ts';
import { Pods } from '../../resources.ts';
import { goShape } from '../go-shape.ts';
import { lineDifference } from '../line-difference.ts';
import { within } from '../number-errors.ts';
import { annotationUpdateErrors, isMirror, podAnnotationErrors } from './annotations.ts';
import { gatedChangeErrors, isGated, withOldPlacement } from './gated-update.ts';
import { podResizeErrors } from './resize.ts';
import { specDifference } from './spec-difference.ts';
import { podSpecErrors } from './spec.ts';
import { tolerationsErrors } from './tolerations.ts';

const highestSeconds = 2_147_483_647;
const specType = Pods.kind.fields['spec']?.type ?? Pods.kind;
const onlyText =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

export function podUpdateErrors(pod: Pod, old: Pod, subresource: string): readonly FieldError[] {
  const errors: FieldError[] = [...wholePodErrors(pod)];
  if (subresource === 'ephemeralcontainers') {
    if (isMirror(old)) return [forbidden('[]', 'static pods do not support ephemeral containers')];
    return [...errors, ...annotationUpdateErrors(pod, old), ...ephemeralErrors(pod.spec, old.spec)];
  }
  if (subresource === 'resize') return podResizeErrors(pod, old, errors);
  errors.push(...annotationUpdateErrors(pod, old));
  for (const name of ['containers', 'initContainers'] as const) {
    if ((pod.spec[name] ?? []).length !== (old.spec[name] ?? []).length) {
      return [...errors, forbidden(`spec.${name}`, 'pod updates may not add or remove containers')];
    }
    errors.push(...imageErrors(pod.spec, name));
  }
  const deadline = deadlineErrors(pod.spec, old.spec);
  if (deadline.length > 0 && pod.spec.activeDeadlineSeconds != null) return [...errors, ...deadline];
  errors.push(...deadline);
  errors.push(...tolerationChangeErrors(pod.spec.tolerations ?? [], old.spec.tolerations ?? []));
  errors.push(...gateErrors(pod.spec, old.spec));
  errors.push(...gatedChangeErrors(pod.spec, old.spec));
  errors.push(...otherChangeErrors(pod.spec, old.spec));
  return errors;
}

/** As if the pod were new. */
export function wholePodErrors({ metadata, spec }: Pod): readonly FieldError[] {
  return joined(
    podAnnotationErrors(metadata.annotations, spec, 'metadata.annotations'),
    podSpecErrors(spec, 'spec', metadata),
  );
}

/** Checked again where a change of image is let through, as the original does. */
function imageErrors(spec: PodSpec, name: 'containers' | 'initContainers'): readonly FieldError[] {
  return (spec[name] ?? []).flatMap(({ image = '' }, index) => {
    const field = `spec.${name}[${index}].image`;
    if (image === '') return [requiredField(field)];
    return image.trim() === image ? [] : [invalid(field, image, 'must not have leading or trailing whitespace')];
  });
}

function deadlineErrors(spec: PodSpec, old: PodSpec): readonly FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  const after = spec.activeDeadlineSeconds;
  const before = old.activeDeadlineSeconds;
  if (after == null) {
    return before == null ? [] : [invalid(field, null, 'must not update from a positive integer to nil value')];
  }
  const errors = within(after, 0, highestSeconds, field);
  if (errors.length > 0) return errors;
  return before != null && after > before
    ? [invalid(field, after, 'must be less than or equal to previous value')]
    : [];
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
  if (isGated(old)) Object.assign(munged, withOldPlacement(spec, old));
  return munged as unknown as PodSpec;
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
