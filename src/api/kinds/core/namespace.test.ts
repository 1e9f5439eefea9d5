import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft, WriteContext } from '../../descriptor.ts';
import type { Namespace } from '../../groups/core.v1.ts';
import { namespaceDescriptor } from './namespace.ts';

const context = (subresource = ''): WriteContext => ({ nowMs: 0, user: 'u', groups: [], subresource });
const namespace = (parts: object, metadata: object = {}): Namespace =>
  ({ metadata: { name: 'n', ...metadata }, ...parts }) as unknown as Namespace;
const texts = (errors: readonly { readonly field: string; readonly message: string }[] = []): string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);

test('namespaceDescriptor adds its finalizer and is active from the start', () => {
  const draft = namespace({ spec: { finalizers: ['a/b'] }, status: { phase: 'Odd' } }) as Draft<Namespace>;
  namespaceDescriptor.prepareForCreate?.(draft, context());
  assert.deepEqual([draft.spec, draft.status], [{ finalizers: ['a/b', 'kubernetes'] }, { phase: 'Active' }]);
});

test('namespaceDescriptor gives each endpoint its part', () => {
  const old = namespace({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
  const updated = (subresource: string): readonly unknown[] => {
    const draft = namespace({ spec: { finalizers: [] }, status: { phase: 'Terminating' } }) as Draft<Namespace>;
    namespaceDescriptor.prepareForUpdate?.(draft, old, context(subresource));
    return [draft.spec?.finalizers, draft.status.phase];
  };
  assert.deepEqual(updated(''), [['kubernetes'], 'Active']);
  assert.deepEqual(updated('finalize'), [[], 'Active']);
  assert.deepEqual(updated('status'), [['kubernetes'], 'Terminating']);
});

test('namespaceDescriptor wants the phase to fit the deletion', () => {
  const errorsOf = (phase: string, metadata: object = {}): string[] => {
    const made = namespace({ status: { phase } }, metadata);
    return texts(namespaceDescriptor.validateUpdate?.(made, made, context('status')));
  };
  assert.deepEqual(errorsOf('Terminating'), [
    'status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty',
  ]);
  assert.deepEqual(errorsOf('Active', { deletionTimestamp: '2026-01-01T00:00:00Z' }), [
    'status.Phase: Invalid value: "Active": may only be \'Terminating\' if `deletionTimestamp` is not empty',
  ]);
});

test('namespaceDescriptor labels a namespace with the name that it gets, and takes no phase for the active one', () => {
  const label = 'kubernetes.io/metadata.name';
  const draft = namespace({ status: {} }, { name: '', generateName: 'g-' }) as Draft<Namespace>;
  namespaceDescriptor.defaults?.(draft);
  assert.deepEqual([draft.metadata.labels, draft.status.phase], [undefined, 'Active']);
  draft.metadata.name = 'g-1';
  namespaceDescriptor.prepareForCreate?.(draft, context());
  assert.deepEqual(draft.metadata.labels, { [label]: 'g-1' });
});
