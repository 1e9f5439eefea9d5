import type { Descriptor, Draft } from '../../descriptor.ts';
import type { CustomResourceDefinition } from '../../groups/apiextensions.v1.ts';
import { CustomResourceDefinitions } from '../../resources.ts';
import { createdAtTable } from '../columns.ts';
import { definitionErrors, definitionStatusErrors, definitionUpdateErrors } from './definition-errors.ts';
import { formatWarnings } from './format-warnings.ts';
import { prepareWithStatus } from '../prepare.ts';

/** Keeps a deleted definition until its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

const prepared = prepareWithStatus<CustomResourceDefinition>(CustomResourceDefinitions);

export const customResourceDefinitionDescriptor: Descriptor<CustomResourceDefinition> = {
  resource: CustomResourceDefinitions,
  unconditionalUpdate: false,
  ...prepared,
  prepareForCreate(draft) {
    draft.metadata.generation = 1;
    const stored = (draft.spec.versions ?? []).filter(({ storage }) => storage).map(({ name }) => name);
    draft.status = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: stored } as never;
  },
  prepareForUpdate(draft, old, context) {
    prepared.prepareForUpdate(draft, old, context);
    if (context.subresource !== 'status') rememberStored(draft);
  },
  pendingFinalizers: ({ metadata }) => (metadata.deletionTimestamp === undefined ? [cleanupFinalizer] : []),
  prepareForDelete({ metadata }) {
    const finalizers = metadata.finalizers ?? [];
    if (!finalizers.includes(cleanupFinalizer)) metadata.finalizers = [...finalizers, cleanupFinalizer];
  },
  defaults,
  validateCreate: definitionErrors,
  validateUpdate: (definition, old, { subresource }) =>
    subresource === 'status' ? definitionStatusErrors(definition) : definitionUpdateErrors(definition, old),
  warnings: (definition, old, { subresource }) => (subresource === '' ? formatWarnings(definition, old) : []),
  resetFields: { '': [['status']], status: [['metadata'], ['spec']] },
  plainFinalizers: true,
  deleteAnswersObject: true,
  preconditionsOfItsOwn: true,
  table: createdAtTable,
};

function defaults({ spec }: Draft<CustomResourceDefinition>): void {
  if (!spec.names.singular) spec.names.singular = (spec.names.kind ?? '').toLowerCase();
  if (!spec.names.listKind && spec.names.kind) spec.names.listKind = `${spec.names.kind}List`;
  spec.conversion ??= { strategy: 'None' };
  if (spec.conversion.strategy === 'Webhook') {
    const service = spec.conversion.webhook?.clientConfig?.service;
    if (service != null) service.port ??= 443;
  }
}

/** A version that objects are stored in from now on stays on the list until somebody has migrated them all. */
function rememberStored({ spec, status }: Draft<CustomResourceDefinition>): void {
  const storage = spec.versions?.find((version) => version.storage)?.name;
  if (storage === undefined || status === undefined || status.storedVersions?.includes(storage) === true) return;
  status.storedVersions = [...(status.storedVersions ?? []), storage];
}
