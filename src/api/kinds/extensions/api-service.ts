import type { Descriptor } from '../../descriptor.ts';
import type { APIService } from '../../groups/apiregistration.v1.ts';
import { APIServices } from '../../resources.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { prepareWithStatus } from '../prepare.ts';
import { timestampOf } from '../timestamp.ts';
import { pathSegmentErrors } from '../../name-rules.ts';
import { apiServiceErrors, apiServiceStatusErrors } from './api-service-errors.ts';

const prepared = prepareWithStatus<APIService>(APIServices, { withoutGeneration: true, statusKeeps: 'metadata' });

export const apiServiceDescriptor: Descriptor<APIService> = {
  resource: APIServices,
  unconditionalUpdate: false,
  ...prepared,
  prepareForCreate(draft, context) {
    prepared.prepareForCreate(draft, context);
    if (draft.spec.service != null) return;
    const condition = {
      type: 'Available',
      status: 'True',
      lastTransitionTime: timestampOf(context.nowMs),
      reason: 'Local',
      message: 'Local APIServices are always available',
    };
    draft.status = { conditions: [condition] };
  },
  defaults({ spec }) {
    if (spec.service != null) spec.service.port ??= 443;
  },
  nameErrors: pathSegmentErrors,
  validateCreate: apiServiceErrors,
  validateUpdate: (service, _, { subresource }) =>
    subresource === 'status' ? apiServiceStatusErrors(service) : apiServiceErrors(service),
  table: table<APIService>([
    nameColumn,
    column('Service', ({ spec }) =>
      spec.service == null ? 'Local' : `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}`,
    ),
    column('Available', ({ status }) => {
      const condition = status.conditions?.find(({ type }) => type === 'Available');
      if (condition === undefined) return 'Unknown';
      return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason ?? ''})`;
    }),
    ageColumn,
  ]),
};
