import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import { StatefulSetSpec, type StatefulSet } from '../../groups/apps.v1.ts';
import { sameValue } from '../../equality.ts';
import { dnsLabelErrors } from '../../name-rules.ts';
import { nonNegative } from '../number-errors.ts';
import { podTemplateErrors } from '../pod/template.ts';
import { claimSpecErrors } from '../storage/claim-errors.ts';
import { collisionErrors, statusCountErrors } from './status-counts.ts';
import { lastingPodErrors, selectedTemplateErrors } from './template-errors.ts';

const templateField = 'spec.template';

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
  const claims = spec.volumeClaimTemplates ?? [];
  return specErrors(spec, {
    claims: claims.flatMap((claim, index) => claimSpecErrors(claim.spec, `spec.volumeClaimTemplates[${index}].spec`)),
    serviceName: spec.serviceName ? dnsLabelErrors(spec.serviceName) : [],
    template: templateErrors,
  });
}

/** What is looked at more closely in a new set than in a change: old ones may say what is refused today. */
interface Checks {
  readonly claims: readonly FieldError[];
  readonly serviceName: readonly string[];
  template(spec: StatefulSetSpec): readonly FieldError[];
}

function specErrors(spec: StatefulSetSpec, checks: Checks): readonly FieldError[] {
  return [
    ...policyErrors(spec.podManagementPolicy ?? ''),
    ...strategyErrors(spec.updateStrategy ?? {}),
    ...retentionErrors(spec.persistentVolumeClaimRetentionPolicy ?? {}),
    ...checks.claims,
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...nonNegative(spec.ordinals?.start, 'spec.ordinals.start'),
    ...checks.serviceName.map((text) => invalid('spec.serviceName', spec.serviceName, text)),
    ...selectedTemplateErrors({ ...spec, workload: 'statefulset', templateErrors: () => checks.template(spec) }),
    ...lastingPodErrors(spec.template, 'StatefulSet', templateField),
  ];
}

/** Pods have a volume for each claim beside those of the template; the claim wins where the names are equal. */
function templateErrors({ template, volumeClaimTemplates = [] }: StatefulSetSpec): readonly FieldError[] {
  const claimed = volumeClaimTemplates.map(({ metadata }) => (metadata.name as string | undefined) ?? '');
  const own = (template.spec.volumes ?? []).filter(({ name }) => !claimed.includes(name));
  const volumes = [
    ...own,
    ...[...new Set(claimed)].map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
  ];
  return podTemplateErrors({ ...template, spec: { ...template.spec, volumes } }, templateField);
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
  const { partition, maxUnavailable = null } = rollingUpdate ?? {};
  const shown = rollingUpdate == null ? null : { Partition: partition ?? 0, MaxUnavailable: maxUnavailable };
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
  const strict = templateErrors(old.spec).length === 0;
  const errors: FieldError[] = [
    ...specErrors(set.spec, { claims: [], serviceName: [], template: strict ? templateErrors : () => [] }),
  ];
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
    'collisionCount',
  ]);
  const above = 'cannot be greater than status.replicas';
  for (const name of ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const) {
    const count = status[name] ?? 0;
    if (count > (status.replicas ?? 0)) errors.push(invalid(`status.${name}`, count, above));
  }
  const available = status.availableReplicas ?? 0;
  if (available > (status.readyReplicas ?? 0)) {
    errors.push(invalid('status.availableReplicas', available, 'cannot be greater than status.readyReplicas'));
  }
  return [...errors, ...collisionErrors(status, old.status)];
}
