import type { Descriptor, Draft, Warning } from '../../descriptor.ts';
import type { StatefulSet } from '../../groups/apps.v1.ts';
import { dnsLabelErrors } from '../../name-rules.ts';
import { StatefulSets } from '../../resources.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { podTemplateDefaults } from '../pod/defaults.ts';
import { prepareTemplated } from './prepare-templated.ts';
import { claimSpecDefaults } from '../storage/persistent-volume-claim.ts';
import { claimSpecWarnings } from '../storage/claim-warnings.ts';
import { containersColumn, imagesColumn, replicasScale } from './replica-template.ts';
import { statefulSetErrors, statefulSetStatusErrors, statefulSetUpdateErrors } from './stateful-set-errors.ts';
import { templateWarnings } from './workload-warnings.ts';

const prepared = prepareTemplated<StatefulSet>(StatefulSets, ({ spec }) => spec.template);

export const statefulSetDescriptor: Descriptor<StatefulSet> = {
  resource: StatefulSets,
  ...prepared,
  prepareForCreate(draft, context) {
    prepared.prepareForCreate(draft, context);
    dropMaxUnavailable(draft);
  },
  prepareForUpdate(draft, old, context) {
    if (context.subresource === '') dropMaxUnavailable(draft, old);
    prepared.prepareForUpdate(draft, old, context);
  },
  nameErrors: dnsLabelErrors,
  defaults,
  validateCreate: (set) => statefulSetErrors(set),
  validateUpdate: (set, old, { subresource }) =>
    subresource === 'status' ? statefulSetStatusErrors(set, old) : statefulSetUpdateErrors(set, old),
  warnings: (set, old, { subresource }) => (subresource === 'status' ? [] : warnings(set, old)),
  scale: replicasScale,
  table: table<StatefulSet>([
    nameColumn,
    column('Ready', ({ spec, status }) => {
      return `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`;
    }),
    ageColumn,
    containersColumn,
    imagesColumn,
  ]),
};

/** The field belongs to a feature that is off in this version: only sets that have it keep it. */
function dropMaxUnavailable({ spec }: Draft<StatefulSet>, old?: StatefulSet): void {
  const { rollingUpdate } = spec.updateStrategy ?? {};
  if (rollingUpdate == null || old?.spec.updateStrategy?.rollingUpdate?.maxUnavailable != null) return;
  delete rollingUpdate.maxUnavailable;
}

function warnings(set: StatefulSet, old: StatefulSet | undefined): readonly Warning[] {
  const { template, volumeClaimTemplates = [], revisionHistoryLimit } = set.spec;
  return [
    ...templateWarnings(template, 'spec.template', set, old),
    ...volumeClaimTemplates.flatMap(({ spec }, index) =>
      claimSpecWarnings(spec, `spec.volumeClaimTemplates[${index}]`),
    ),
    ...((revisionHistoryLimit ?? 0) < 0
      ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']
      : []),
  ];
}

function defaults({ spec }: Draft<StatefulSet>): void {
  if (!spec.podManagementPolicy) spec.podManagementPolicy = 'OrderedReady';
  spec.updateStrategy ??= {};
  if (!spec.updateStrategy.type) {
    spec.updateStrategy.type = 'RollingUpdate';
    spec.updateStrategy.rollingUpdate ??= {};
  }
  if (spec.updateStrategy.type === 'RollingUpdate' && spec.updateStrategy.rollingUpdate != null) {
    spec.updateStrategy.rollingUpdate.partition ??= 0;
  }
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  if (!retention.whenDeleted) retention.whenDeleted = 'Retain';
  if (!retention.whenScaled) retention.whenScaled = 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  podTemplateDefaults(spec.template);
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.apiVersion = 'v1';
    claim.kind = 'PersistentVolumeClaim';
    claimSpecDefaults(claim.spec);
    claim.status ??= {};
    if (!claim.status.phase) claim.status.phase = 'Pending';
  }
}
