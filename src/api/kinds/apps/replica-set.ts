import type { Descriptor } from '../../descriptor.ts';
import type { ReplicaSet } from '../../groups/apps.v1.ts';
import { ReplicaSets } from '../../resources.ts';
import { ageColumn, countColumn, nameColumn, table } from '../columns.ts';
import { podTemplateDefaults } from '../pod/defaults.ts';
import { prepareTemplated } from './prepare-templated.ts';
import { replicaSetErrors, replicaStatusErrors } from './replica-set-errors.ts';
import { replicasScale, templatedColumns } from './replica-template.ts';
import { selectorChangeErrors } from './selector-change.ts';
import { podNameWarnings, templateWarnings } from './workload-warnings.ts';

export const replicaSetDescriptor: Descriptor<ReplicaSet> = {
  resource: ReplicaSets,
  ...prepareTemplated<ReplicaSet>(ReplicaSets, ({ spec }) => spec.template),
  defaults({ spec }) {
    spec.replicas ??= 1;
    if (spec.template != null) podTemplateDefaults(spec.template);
  },
  validateCreate: replicaSetErrors,
  validateUpdate: (set, old, { subresource }) =>
    subresource === 'status'
      ? replicaStatusErrors(set.status)
      : [...replicaSetErrors(set), ...selectorChangeErrors(set.spec.selector, old.spec.selector)],
  warnings: (set, old) => [
    ...podNameWarnings(set, old),
    ...templateWarnings(set.spec.template, 'spec.template', set, old),
  ],
  scale: replicasScale,
  table: table<ReplicaSet>([
    nameColumn,
    countColumn('Desired', ({ spec }) => spec.replicas ?? 0),
    countColumn('Current', ({ status }) => status.replicas ?? 0),
    countColumn('Ready', ({ status }) => status.readyReplicas ?? 0),
    ageColumn,
    ...templatedColumns,
  ]),
};
