/**
 * Namespaces carry a label with their own name and, in their spec, finalizers that go only through the subresource
 * `finalize`.
 */
import type { Descriptor, Draft } from '../../descriptor.ts';
import { invalid, type FieldError } from '../../field-error.ts';
import type { Namespace } from '../../groups/core.v1.ts';
import { dnsLabelErrors } from '../../name-rules.ts';
import { finalizerErrors } from '../../object-meta.ts';
import { Namespaces } from '../../resources.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { selectable } from '../selectable.ts';

export const namespaceDescriptor: Descriptor<Namespace> = {
  resource: Namespaces,
  nameErrors: dnsLabelErrors,
  defaults(draft) {
    const { metadata } = draft;
    const name = metadata.name || metadata.generateName;
    if (name) metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name ?? '' };
  },
  prepareForCreate(draft) {
    draft.status = { phase: 'Active' };
    const finalizers = draft.spec?.finalizers ?? [];
    draft.spec = { finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] };
  },
  prepareForUpdate,
  validateCreate: (namespace) =>
    finalizersOf(namespace).flatMap((finalizer) => finalizerErrors(finalizer, 'spec.finalizers', 'spec.finalizers')),
  metadataInUpdate: 'both',
  validateUpdate: (namespace, _, { subresource }) => {
    if (subresource === 'finalize') {
      return finalizersOf(namespace).flatMap((name, index) =>
        finalizerErrors(name, `spec.finalizers[${index}]`, `spec.finalizers[${index}]`),
      );
    }
    return subresource === 'status' ? statusErrors(namespace) : [];
  },
  ...selectable<Namespace>({ 'status.phase': ({ status }) => status.phase }),
  deleteAnswersObject: true,
  prepareForDelete(draft) {
    draft.status = { ...draft.status, phase: 'Terminating' };
    delete draft.metadata.deletionGracePeriodSeconds;
    delete draft.metadata.deletionGracePeriodSeconds;
  },
  pendingFinalizers: finalizersOf,
  resetFields: { '': [['status']], status: [['spec']], finalize: [['status']] },
  table: table<Namespace>([nameColumn, column('Status', ({ status }) => status.phase ?? ''), ageColumn]),
};

function prepareForUpdate(draft: Draft<Namespace>, old: Namespace, { subresource }: { subresource: string }): void {
  const before = old as Draft<Namespace>;
  if (subresource !== 'status') draft.status = before.status;
  if (subresource !== 'finalize') draft.spec = before.spec;
}

function finalizersOf(namespace: Namespace): readonly string[] {
  return namespace.spec?.finalizers ?? [];
}

function statusErrors({ metadata, status }: Namespace): readonly FieldError[] {
  const terminating = (metadata.deletionTimestamp ?? null) !== null;
  if (terminating && status.phase !== 'Terminating') {
    return [invalid('status.Phase', status.phase, "may only be 'Terminating' if `deletionTimestamp` is not empty")];
  }
  if (!terminating && status.phase !== 'Active') {
    return [invalid('status.Phase', status.phase, "may only be 'Active' if `deletionTimestamp` is empty")];
  }
  return [];
}
