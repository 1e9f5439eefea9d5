import type { Descriptor } from '../../descriptor.ts';
import type { FlowSchema } from '../../groups/flowcontrol.v1.ts';
import { FlowSchemas } from '../../resources.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { prepareWithStatus } from '../prepare.ts';
import { flowSchemaErrors, flowStatusErrors } from './flow-schema-errors.ts';

export const flowSchemaDescriptor: Descriptor<FlowSchema> = {
  resource: FlowSchemas,
  ...prepareWithStatus<FlowSchema>(FlowSchemas, { statusKeeps: 'metadata' }),
  defaults({ spec }) {
    if (!spec.matchingPrecedence) spec.matchingPrecedence = 1000;
  },
  validateCreate: flowSchemaErrors,
  validateUpdate: (schema, _, { subresource }) =>
    subresource === 'status' ? flowStatusErrors(schema.status) : flowSchemaErrors(schema),
  table: {
    ...table<FlowSchema>([
      nameColumn,
      column('PriorityLevel', ({ spec }) => spec.priorityLevelConfiguration?.name ?? ''),
      column('MatchingPrecedence', ({ spec }) => spec.matchingPrecedence ?? 0),
      column('DistinguisherMethod', ({ spec }) => {
        return spec.distinguisherMethod?.type ?? '<none>';
      }),
      ageColumn,
      column('MissingPL', ({ status }) => {
        return status.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?';
      }),
    ]),
    order: byPrecedence,
  },
};

function byPrecedence({ metadata: a, spec: first }: FlowSchema, { metadata: b, spec: second }: FlowSchema): number {
  return (first.matchingPrecedence ?? 0) - (second.matchingPrecedence ?? 0) || (a.name < b.name ? -1 : 1);
}
