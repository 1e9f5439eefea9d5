import type { Descriptor, Draft } from '../../descriptor.ts';
import type { StatefulSet } from '../../groups/apps.v1.ts';
import { dnsLabelErrors } from '../../name-rules.ts';
import { StatefulSets } from '../../resources.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { podTemplateDefaults } from '../pod/defaults.ts';
import { templateWarnings } from '../pod/warnings.ts';
import { prepareWithStatus } from '../prepare.ts';
import { claimSpecDefaults } from '../storage/persistent-volume-claim.ts';
import { containersColumn, imagesColumn, replicasScale } from './replica-template.ts';
import { statefulSetErrors, statefulSetStatusErrors, statefulSetUpdateErrors } from './stateful-set-errors.ts';

export const statefulSetDescriptor: Descriptor<StatefulSet> = {
  resource: StatefulSets,
  ...prepareWithStatus<StatefulSet>(StatefulSets),
  nameErrors: dnsLabelErrors,
  defaults,
  validateCreate: (set) => statefulSetErrors(set),
  validateUpdate: (set, old, { subresource }) =>
    subresource === 'status' ? statefulSetStatusErrors(set, old) : statefulSetUpdateErrors(set, old),
  warnings: (set, old) =>
    templateWarnings(set.spec.template, 'spec.template', old?.spec.template).concat(
      (set.spec.revisionHistoryLimit ?? 0) < 0
        ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']
        : [],
    ),
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
