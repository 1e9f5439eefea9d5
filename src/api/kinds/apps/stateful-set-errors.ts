import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import { StatefulSetSpec, type StatefulSet } from '../../groups/apps.v1.ts';
import { sameValue } from '../../equality.ts';
import { dnsLabelErrors } from '../../name-rules.ts';
import { annotationsErrors, labelsErrors } from '../../object-meta.ts';
import { nonNegative } from '../number-errors.ts';
import { claimSpecErrors } from '../storage/claim-errors.ts';
import { isEmptySelector, labelSelectorErrors, selectorMatches } from '../selector-errors.ts';
import { statusCountErrors } from './status-counts.ts';

const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;
const changeText =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

export function statefulSetErrors({ spec }: StatefulSet): readonly FieldError[] {
  const errors: FieldError[] = [
    ...policyErrors(spec.podManagementPolicy ?? ''),
    ...strategyErrors(spec.updateStrategy ?? {}),
    ...retentionErrors(spec.persistentVolumeClaimRetentionPolicy ?? {}),
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...nonNegative(spec.ordinals?.start, 'spec.ordinals.start'),
  ];
  if (spec.selector == null) errors.push(requiredField('spec.selector'));
  else {
    errors.push(...labelSelectorErrors(spec.selector, 'spec.selector'));
    if (isEmptySelector(spec.selector)) {
      errors.push(invalid('spec.selector', spec.selector, 'empty selector is invalid for statefulset'));
    }
  }
  errors.push(...templateErrors(spec));
  const { serviceName } = spec;
  if (serviceName)
    errors.push(...dnsLabelErrors(serviceName).map((text) => invalid('spec.serviceName', serviceName, text)));
  for (const [index, claim] of (spec.volumeClaimTemplates ?? []).entries()) {
    errors.push(...claimSpecErrors(claim.spec, `spec.volumeClaimTemplates[${index}].spec`));
  }
  return errors;
}

/** The volumes of the pods come with their claims, so that their spec cannot be checked before. */
function templateErrors({ selector, template }: StatefulSetSpec): readonly FieldError[] {
  const field = 'spec.template';
  const errors: FieldError[] = [];
  const labels = template.metadata?.labels;
  if (selector == null || (!isEmptySelector(selector) && !selectorMatches(selector, labels ?? {}))) {
    errors.push(invalid(`${field}.metadata.labels`, labels, '`selector` does not match template `labels`'));
  }
  errors.push(...labelsErrors(template.metadata?.labels, `${field}.labels`));
  errors.push(...annotationsErrors(template.metadata?.annotations, `${field}.annotations`));
  const { restartPolicy, activeDeadlineSeconds } = template.spec;
  if (restartPolicy !== 'Always') {
    errors.push(notSupported(`${field}.spec.restartPolicy`, restartPolicy ?? '', ['Always']));
  }
  if (activeDeadlineSeconds != null) {
    errors.push(
      forbidden(`${field}.spec.activeDeadlineSeconds`, 'activeDeadlineSeconds in StatefulSet is not Supported'),
    );
  }
  return errors;
}

function policyErrors(policy: string): readonly FieldError[] {
  if (policy === '') return [requiredField('spec.podManagementPolicy')];
  return ['OrderedReady', 'Parallel'].includes(policy)
    ? []
    : [invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'")];
}

function strategyErrors({
  type,
  rollingUpdate,
}: NonNullable<StatefulSetSpec['updateStrategy']>): readonly FieldError[] {
  const field = 'spec.updateStrategy';
  const { partition = null, maxUnavailable = null } = rollingUpdate ?? {};
  const shown = rollingUpdate == null ? null : { Partition: partition, MaxUnavailable: maxUnavailable };
  switch (type) {
    case undefined:
    case '':
      return [requiredField(field)];
    case 'OnDelete':
      return rollingUpdate == null
        ? []
        : [invalid(`${field}.rollingUpdate`, shown, "only allowed for updateStrategy 'RollingUpdate'")];
    case 'RollingUpdate':
      return nonNegative(partition, `${field}.rollingUpdate.partition`);
    default:
      return [invalid(field, { Type: type, RollingUpdate: shown }, "must be 'RollingUpdate' or 'OnDelete'")];
  }
}

function retentionErrors(
  policy: NonNullable<StatefulSetSpec['persistentVolumeClaimRetentionPolicy']>,
): readonly FieldError[] {
  const known = ['Retain', 'Delete'];
  return (['whenDeleted', 'whenScaled'] as const).flatMap((when) => {
    const value = policy[when] ?? '';
    return known.includes(value)
      ? []
      : [notSupported(`spec.persistentVolumeClaimRetentionPolicy.${when}`, value, known)];
  });
}

export function statefulSetUpdateErrors(set: StatefulSet, old: StatefulSet): readonly FieldError[] {
  const wanted: Record<string, unknown> = { ...set.spec };
  for (const name of changeable) {
    if (old.spec[name] === undefined) delete wanted[name];
    else wanted[name] = old.spec[name];
  }
  const errors = [...statefulSetErrors(set)];
  if (!sameValue(StatefulSetSpec, wanted, old.spec)) errors.push(forbidden('spec', changeText));
  return errors;
}

export function statefulSetStatusErrors({ status }: StatefulSet, old: StatefulSet): readonly FieldError[] {
  const errors: FieldError[] = statusCountErrors(status, [
    'replicas',
    'readyReplicas',
    'currentReplicas',
    'updatedReplicas',
    'availableReplicas',
    'observedGeneration',
  ]);
  errors.push(...nonNegative(status.collisionCount, 'status.collisionCount'));
  const above = 'cannot be greater than status.replicas';
  for (const name of ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const) {
    const count = status[name] ?? 0;
    if (count > (status.replicas ?? 0)) errors.push(invalid(`status.${name}`, count, above));
  }
  const available = status.availableReplicas ?? 0;
  if (available > (status.readyReplicas ?? 0)) {
    errors.push(invalid('status.availableReplicas', available, 'cannot be greater than status.readyReplicas'));
  }
  const before = old.status.collisionCount ?? 0;
  if (before > 0 && (status.collisionCount ?? 0) < before) {
    errors.push(invalid('status.collisionCount', status.collisionCount ?? null, 'cannot be decremented'));
  }
  return errors;
}
