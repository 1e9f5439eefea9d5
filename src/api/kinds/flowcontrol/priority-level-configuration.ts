import type { Descriptor } from '../../descriptor.ts';
import type { PriorityLevelConfiguration } from '../../groups/flowcontrol.v1.ts';
import { PriorityLevelConfigurations } from '../../resources.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { prepareWithStatus } from '../prepare.ts';
import { flowStatusErrors } from './flow-schema-errors.ts';
import { priorityLevelErrors } from './priority-level-errors.ts';

export const priorityLevelConfigurationDescriptor: Descriptor<PriorityLevelConfiguration> = {
  resource: PriorityLevelConfigurations,
  ...prepareWithStatus<PriorityLevelConfiguration>(PriorityLevelConfigurations, { statusKeeps: 'metadata' }),
  defaults({ spec }) {
    const { limited, exempt } = spec;
    if (exempt != null) {
      exempt.nominalConcurrencyShares ??= 0;
      exempt.lendablePercent ??= 0;
    }
    if (limited == null) return;
    limited.nominalConcurrencyShares ??= 30;
    limited.lendablePercent ??= 0;
    const queuing = limited.limitResponse?.queuing;
    if (queuing == null) return;
    if (!queuing.queues) queuing.queues = 64;
    if (!queuing.handSize) queuing.handSize = 8;
    if (!queuing.queueLengthLimit) queuing.queueLengthLimit = 50;
  },
  validateCreate: priorityLevelErrors,
  validateUpdate: (level, _, { subresource }) =>
    subresource === 'status' ? flowStatusErrors(level.status) : priorityLevelErrors(level),
  table: table<PriorityLevelConfiguration>([
    nameColumn,
    column('Type', ({ spec }) => spec.type),
    column('NominalConcurrencyShares', ({ spec }) => {
      return spec.limited?.nominalConcurrencyShares ?? '<none>';
    }),
    column('Queues', ({ spec }) => spec.limited?.limitResponse?.queuing?.queues ?? '<none>'),
    column('HandSize', ({ spec }) => {
      return spec.limited?.limitResponse?.queuing?.handSize ?? '<none>';
    }),
    column('QueueLengthLimit', ({ spec }) => {
      return spec.limited?.limitResponse?.queuing?.queueLengthLimit ?? '<none>';
    }),
    ageColumn,
  ]),
};
