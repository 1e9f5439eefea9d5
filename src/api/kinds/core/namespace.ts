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
  metadataInUpdate: 'both',
  nameErrors: dnsLabelErrors,
  defaults(draft) {
    labelWithName(draft);
    if (!draft.status?.phase) draft.status = { phase: 'Active', ...withoutPhase(draft.status) };
  },
  prepareForCreate(draft) {
    // A generated name was not there before.
    labelWithName(draft);
    draft.status = { phase: 'Active' };
    const finalizers = draft.spec?.finalizers ?? [];
    draft.spec = { finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] };
  },
  prepareForUpdate,
  validateCreate: specErrors,
  validateUpdate: (namespace, _, { subresource }) => {
    if (subresource === 'finalize') {
      return finalizersOf(namespace).flatMap((name, index) =>
        finalizerErrors(name, `spec.finalizers[${index}]`, `spec.finalizers[${index}]`),
      );
    }
    return subresource === 'status' ? statusErrors(namespace) : specErrors(namespace);
  },
  ...selectable<Namespace>({ 'status.phase': ({ status }) => status.phase }),
  deleteAnswersObject: true,
  preconditionsOfItsOwn: true,
  prepareForDelete(draft) {
    draft.status = { ...draft.status, phase: 'Terminating' };
    delete draft.metadata.deletionGracePeriodSeconds;
  },
  pendingFinalizers: finalizersOf,
  resetFields: { '': [['status']], status: [['spec']], finalize: [['status']] },
  table: table<Namespace>([nameColumn, column('Status', ({ status }) => status.phase ?? ''), ageColumn]),
};

function labelWithName({ metadata }: Draft<Namespace>): void {
  if (metadata.name) metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
}

function withoutPhase(status: Draft<Namespace>['status'] | undefined): object {
  const { phase: _empty, ...rest } = status ?? {};
  return rest;
}

function prepareForUpdate(draft: Draft<Namespace>, old: Namespace, { subresource }: { subresource: string }): void {
  const before = old as Draft<Namespace>;
  if (subresource !== 'status') draft.status = before.status;
  if (subresource !== 'finalize') draft.spec = before.spec;
}

function finalizersOf(namespace: Namespace): readonly string[] {
  return namespace.spec?.finalizers ?? [];
}

function specErrors(namespace: Namespace): readonly FieldError[] {
  return finalizersOf(namespace).flatMap((name) => finalizerErrors(name, 'spec.finalizers', 'spec.finalizers'));
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
