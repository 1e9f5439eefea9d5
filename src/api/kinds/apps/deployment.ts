import type { Descriptor, Draft } from '../../descriptor.ts';
import type { Deployment } from '../../groups/apps.v1.ts';
import { Deployments } from '../../resources.ts';
import { selectorText } from '../cells.ts';
import { ageColumn, column, nameColumn, table, wideColumn } from '../columns.ts';
import { podTemplateDefaults } from '../pod/defaults.ts';
import { prepareTemplated } from './prepare-templated.ts';
import { deploymentErrors, deploymentStatusErrors } from './deployment-errors.ts';
import { containersColumn, imagesColumn, replicasScale } from './replica-template.ts';
import { selectorChangeErrors } from './selector-change.ts';
import { podNameWarnings, templateWarnings } from './workload-warnings.ts';

export const deploymentDescriptor: Descriptor<Deployment> = {
  resource: Deployments,
  ...prepareTemplated<Deployment>(Deployments, ({ spec }) => spec.template, {
    statusKeeps: 'labels',
    annotationsCount: true,
  }),
  defaults,
  validateCreate: deploymentErrors,
  validateUpdate: (deployment, old, { subresource }) =>
    subresource === 'status'
      ? deploymentStatusErrors(deployment, old)
      : [...deploymentErrors(deployment), ...selectorChangeErrors(deployment.spec.selector, old.spec.selector)],
  warnings: (deployment, old) => [
    ...podNameWarnings(deployment, old),
    ...templateWarnings(deployment.spec.template, 'spec.template', deployment, old),
  ],
  scale: replicasScale,
  table: table<Deployment>([
    nameColumn,
    column('Ready', ({ spec, status }) => {
      return `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`;
    }),
    column('Up-to-date', ({ status }) => status.updatedReplicas ?? 0),
    column('Available', ({ status }) => status.availableReplicas ?? 0),
    ageColumn,
    containersColumn,
    imagesColumn,
    // Unlike others', nothing where nothing is selected.
    wideColumn('Selector', ({ spec }) => (spec.selector == null ? '' : selectorText(spec.selector))),
  ]),
};

function defaults({ spec }: Draft<Deployment>): void {
  spec.replicas ??= 1;
  spec.strategy ??= {};
  if (!spec.strategy.type) spec.strategy.type = 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
    spec.strategy.rollingUpdate.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  podTemplateDefaults(spec.template);
}
