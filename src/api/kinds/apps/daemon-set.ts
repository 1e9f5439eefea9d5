import type { Descriptor, Draft } from '../../descriptor.ts';
import type { DaemonSet } from '../../groups/apps.v1.ts';
import { DaemonSets } from '../../resources.ts';
import { labelsText } from '../cells.ts';
import { ageColumn, column, countColumn, nameColumn, table } from '../columns.ts';
import { podTemplateDefaults } from '../pod/defaults.ts';
import { prepareTemplated } from './prepare-templated.ts';
import { daemonSetErrors, daemonSetStatusErrors } from './daemon-set-errors.ts';
import { templatedColumns } from './replica-template.ts';
import { selectorChangeErrors } from './selector-change.ts';
import { templateWarnings } from './workload-warnings.ts';
import { sameValue } from '../../equality.ts';
import { PodTemplateSpec } from '../../groups/core.v1.ts';

/** The number of the template, as clients of old versions read it. */
const templateGeneration = 'deprecated.daemonset.template.generation';
const prepared = prepareTemplated<DaemonSet>(DaemonSets, ({ spec }) => spec.template);

export const daemonSetDescriptor: Descriptor<DaemonSet> = {
  resource: DaemonSets,
  ...prepared,
  prepareForCreate(draft, context) {
    prepared.prepareForCreate(draft, context);
    const number = Number(draft.metadata.annotations?.[templateGeneration] ?? 1);
    draft.metadata.annotations = { ...draft.metadata.annotations, [templateGeneration]: String(Math.max(number, 1)) };
  },
  prepareForUpdate(draft, old, context) {
    prepared.prepareForUpdate(draft, old, context);
    if (context.subresource === '') countTemplate(draft, old);
  },
  defaults,
  validateCreate: daemonSetErrors,
  validateUpdate: (set, old, { subresource }) =>
    subresource === 'status'
      ? daemonSetStatusErrors(set, old)
      : [...selectorChangeErrors(set.spec.selector, old.spec.selector), ...daemonSetErrors(set)],
  warnings: (set, old) => templateWarnings(set.spec.template, 'spec.template', set, old),
  table: table<DaemonSet>([
    nameColumn,
    countColumn('Desired', ({ status }) => status.desiredNumberScheduled ?? 0),
    countColumn('Current', ({ status }) => status.currentNumberScheduled ?? 0),
    countColumn('Ready', ({ status }) => status.numberReady ?? 0),
    countColumn('Up-to-date', ({ status }) => status.updatedNumberScheduled ?? 0),
    countColumn('Available', ({ status }) => status.numberAvailable ?? 0),
    column('Node Selector', ({ spec }) => labelsText(spec.template.spec?.nodeSelector)),
    ageColumn,
    ...templatedColumns,
  ]),
};

function countTemplate(draft: Draft<DaemonSet>, old: DaemonSet): void {
  const before = Number(old.metadata.annotations?.[templateGeneration] ?? 1);
  const changed = !sameValue(PodTemplateSpec, draft.spec.template, old.spec.template);
  draft.metadata.annotations = {
    ...draft.metadata.annotations,
    [templateGeneration]: String(changed ? before + 1 : before),
  };
}

function defaults({ spec, metadata }: Draft<DaemonSet>): void {
  metadata.annotations = { [templateGeneration]: '1', ...metadata.annotations };
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
