import type { Descriptor, Draft } from '../../descriptor.ts';
import type { DaemonSet } from '../../groups/apps.v1.ts';
import { DaemonSets } from '../../resources.ts';
import { labelsText } from '../cells.ts';
import { ageColumn, column, countColumn, nameColumn, table } from '../columns.ts';
import { podTemplateDefaults } from '../pod/defaults.ts';
import { templateWarnings } from '../pod/warnings.ts';
import { prepareWithStatus } from '../prepare.ts';
import { daemonSetErrors, daemonSetStatusErrors } from './daemon-set-errors.ts';
import { templatedColumns } from './replica-template.ts';
import { selectorChangeErrors } from './selector-change.ts';

export const daemonSetDescriptor: Descriptor<DaemonSet> = {
  resource: DaemonSets,
  ...prepareWithStatus<DaemonSet>(DaemonSets),
  defaults,
  validateCreate: daemonSetErrors,
  validateUpdate: (set, old, { subresource }) =>
    subresource === 'status'
      ? daemonSetStatusErrors(set, old)
      : [...daemonSetErrors(set), ...selectorChangeErrors(set.spec.selector, old.spec.selector)],
  warnings: (set, old) => templateWarnings(set.spec.template, 'spec.template', old?.spec.template),
  table: table<DaemonSet>([
    nameColumn,
    countColumn('Desired', 'Nodes that should run the pod', ({ status }) => status.desiredNumberScheduled ?? 0),
    countColumn('Current', 'Nodes that run the pod', ({ status }) => status.currentNumberScheduled ?? 0),
    countColumn('Ready', 'Nodes whose pod is ready', ({ status }) => status.numberReady ?? 0),
    countColumn('Up-to-date', 'Nodes with the newest template', ({ status }) => status.updatedNumberScheduled ?? 0),
    countColumn('Available', 'Nodes whose pod has been ready long enough', ({ status }) => status.numberAvailable ?? 0),
    column('Node Selector', 'Labels of the nodes', ({ spec }) => labelsText(spec.template.spec?.nodeSelector)),
    ageColumn,
    ...templatedColumns,
  ]),
};

function defaults({ spec }: Draft<DaemonSet>): void {
  spec.updateStrategy ??= {};
  if (!spec.updateStrategy.type) spec.updateStrategy.type = 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  podTemplateDefaults(spec.template);
}
