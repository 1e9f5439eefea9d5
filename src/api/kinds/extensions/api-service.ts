import type { Descriptor } from '../../descriptor.ts';
import type { APIService } from '../../groups/apiregistration.v1.ts';
import { APIServices } from '../../resources.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { prepareWithStatus } from '../prepare.ts';
import { pathSegmentErrors } from '../../name-rules.ts';
import { apiServiceErrors } from './api-service-errors.ts';

export const apiServiceDescriptor: Descriptor<APIService> = {
  resource: APIServices,
  ...prepareWithStatus<APIService>(APIServices, { withoutGeneration: true }),
  defaults({ spec }) {
    if (spec.service != null) spec.service.port ??= 443;
  },
  nameErrors: pathSegmentErrors,
  validateCreate: apiServiceErrors,
  validateUpdate: (service, _, { subresource }) => (subresource === 'status' ? [] : apiServiceErrors(service)),
  table: table<APIService>([
    nameColumn,
    column('Service', 'The service behind it; Local = the server itself', ({ spec }) =>
      spec.service == null ? 'Local' : `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}`,
    ),
    column('Available', 'Whether it answers', ({ status }) => {
      const condition = status.conditions?.find(({ type }) => type === 'Available');
      if (condition === undefined) return 'Unknown';
      return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason ?? ''})`;
    }),
    ageColumn,
  ]),
};
