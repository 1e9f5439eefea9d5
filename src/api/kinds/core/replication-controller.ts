import type { Descriptor, Draft } from '../../descriptor.ts';
import type { ReplicationController } from '../../groups/core.v1.ts';
import { ReplicationControllers } from '../../resources.ts';
import { replicationControllerErrors, replicaStatusErrors } from '../apps/replica-set-errors.ts';
import { podNameWarnings, templateWarnings } from '../apps/workload-warnings.ts';
import { containerImages, containerNames, labelsText } from '../cells.ts';
import { ageColumn, countColumn, nameColumn, table, wideColumn } from '../columns.ts';
import { podTemplateDefaults } from '../pod/defaults.ts';
import { prepareTemplated } from '../apps/prepare-templated.ts';
import { selectable } from '../selectable.ts';

export const replicationControllerDescriptor: Descriptor<ReplicationController> = {
  resource: ReplicationControllers,
  metadataInUpdate: 'both',
  ...prepareTemplated<ReplicationController>(ReplicationControllers, ({ spec }) => spec.template),
  orphansByDefault: {},
  defaults,
  validateCreate: (controller) => replicationControllerErrors(controller),
  validateUpdate: (controller, _, { subresource }) =>
    subresource === 'status'
      ? replicaStatusErrors(controller.status)
      : // The original checks the spec twice; its causes show it.
        [...replicationControllerErrors(controller), ...replicationControllerErrors(controller)],
  warnings: (controller, old) => [
    ...podNameWarnings(controller, old),
    ...templateWarnings(controller.spec.template, 'spec.template', controller, old),
  ],
  ...selectable<ReplicationController>({
    name: ({ metadata }) => metadata.name,
    'status.replicas': ({ status }) => String(status.replicas ?? 0),
  }),
  scale: {
    specReplicas: '.spec.replicas',
    statusReplicas: '.status.replicas',
    selector(object) {
      const spec = object['spec'] as { selector?: Readonly<Record<string, string>> } | undefined;
      return spec?.selector === undefined ? '' : labelsText(spec.selector);
    },
  },
  table: table<ReplicationController>([
    nameColumn,
    countColumn('Desired', ({ spec }) => spec.replicas ?? 0),
    countColumn('Current', ({ status }) => status.replicas ?? 0),
    countColumn('Ready', ({ status }) => status.readyReplicas ?? 0),
    ageColumn,
    wideColumn('Containers', ({ spec }) => containerNames(spec.template?.spec?.containers)),
    wideColumn('Images', ({ spec }) => containerImages(spec.template?.spec?.containers)),
    wideColumn('Selector', ({ spec }) => labelsText(spec.selector)),
  ]),
};

/** Selector and labels come from the template when they are not given. */
function defaults(draft: Draft<ReplicationController>): void {
  const { spec, metadata } = draft;
  spec.replicas ??= 1;
  if (spec.template == null) return;
  podTemplateDefaults(spec.template);
  const labels = spec.template.metadata?.labels ?? {};
  if (Object.keys(labels).length === 0) return;
  if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
  if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
}
