import type { Descriptor, Draft } from '../../descriptor.ts';
import type { CustomResourceDefinition } from '../../groups/apiextensions.v1.ts';
import { CustomResourceDefinitions } from '../../resources.ts';
import { createdAtTable } from '../columns.ts';
import { prepareWithStatus } from '../prepare.ts';

export const customResourceDefinitionDescriptor: Descriptor<CustomResourceDefinition> = {
  resource: CustomResourceDefinitions,
  ...prepareWithStatus<CustomResourceDefinition>(CustomResourceDefinitions),
  prepareForCreate(draft) {
    draft.metadata.generation = 1;
    const stored = (draft.spec.versions ?? []).filter(({ storage }) => storage).map(({ name }) => name);
    draft.status = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: stored } as never;
  },
  defaults,
  deleteAnswersObject: true,
  table: createdAtTable,
};

function defaults({ spec }: Draft<CustomResourceDefinition>): void {
  if (!spec.scope) spec.scope = 'Namespaced';
  if (!spec.names.singular) spec.names.singular = (spec.names.kind ?? '').toLowerCase();
  if (!spec.names.listKind && spec.names.kind) spec.names.listKind = `${spec.names.kind}List`;
  spec.conversion ??= { strategy: 'None' };
  if (spec.conversion.strategy === 'Webhook') {
    const service = spec.conversion.webhook?.clientConfig?.service;
    if (service != null) service.port ??= 443;
  }
}
