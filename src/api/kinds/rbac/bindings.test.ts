import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterRoleBinding } from '../../groups/rbac.v1.ts';
import { clusterRoleBindingDescriptor } from './bindings.ts';

const apiGroup = 'rbac.authorization.k8s.io';
const roleRef = { apiGroup, kind: 'ClusterRole', name: 'r' };

const errors = (...subjects: readonly object[]): readonly string[] =>
  (
    clusterRoleBindingDescriptor.validateCreate?.({ roleRef, subjects } as unknown as ClusterRoleBinding, {
      nowMs: 0,
      user: '',
      groups: [],
      subresource: '',
    }) ?? []
  ).map(({ field, message }) => `${field}: ${message}`);

test('clusterRoleBindingDescriptor checks each subject by its kind', () => {
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{ kind: 'User', apiGroup, name: 'a' }, []],
    [{ kind: 'Group', apiGroup, name: 'a', namespace: 'ignored' }, []],
    [
      { kind: 'User', apiGroup: '', name: '' },
      ['name: Required value', `apiGroup: Unsupported value: "": supported values: "${apiGroup}"`],
    ],
    [
      { kind: 'ServiceAccount', name: 'a', apiGroup },
      [`apiGroup: Unsupported value: "${apiGroup}": supported values: ""`, 'namespace: Required value'],
    ],
    [
      { kind: 'Robot', name: 'a' },
      ['kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"'],
    ],
  ];
  for (const [subject, expected] of cases) {
    assert.deepEqual(
      errors(subject),
      expected.map((text) => `subjects[0].${text}`),
    );
  }
});
