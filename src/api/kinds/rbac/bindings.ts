import type { Descriptor, Draft, TableColumns } from '../../descriptor.ts';
import { invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { ClusterRoleBinding, RoleBinding, Subject } from '../../groups/rbac.v1.ts';
import { dnsSubdomainErrors, pathSegmentErrors } from '../../name-rules.ts';
import { ClusterRoleBindings, RoleBindings } from '../../resources.ts';
import { ageColumn, column, nameColumn, table, wideColumn } from '../columns.ts';

type AnyBinding = RoleBinding | ClusterRoleBinding;

const rbacGroup = 'rbac.authorization.k8s.io';

const bindingTable: TableColumns<AnyBinding> = table<AnyBinding>([
  nameColumn,
  column('Role', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
  ageColumn,
  wideColumn('Users', (binding) => subjectNames(binding, 'User')),
  wideColumn('Groups', (binding) => subjectNames(binding, 'Group')),
  wideColumn('ServiceAccounts', (binding) => subjectNames(binding, 'ServiceAccount')),
]);

export const roleBindingDescriptor: Descriptor<RoleBinding> = {
  resource: RoleBindings,
  createOnUpdate: true,
  nameErrors: pathSegmentErrors,
  defaults,
  validateCreate: (binding) => bindingErrors(binding, ['Role', 'ClusterRole'], true),
  validateUpdate: (binding, old) => [
    ...bindingErrors(binding, ['Role', 'ClusterRole'], true),
    ...roleChangeErrors(binding, old),
  ],
  table: bindingTable,
};

export const clusterRoleBindingDescriptor: Descriptor<ClusterRoleBinding> = {
  resource: ClusterRoleBindings,
  createOnUpdate: true,
  nameErrors: pathSegmentErrors,
  defaults,
  validateCreate: (binding) => bindingErrors(binding, ['ClusterRole'], false),
  validateUpdate: (binding, old) => [
    ...bindingErrors(binding, ['ClusterRole'], false),
    ...roleChangeErrors(binding, old),
  ],
  table: bindingTable,
};

function defaults(draft: Draft<AnyBinding>): void {
  if (!draft.roleRef.apiGroup) draft.roleRef.apiGroup = rbacGroup;
  for (const subject of draft.subjects ?? []) {
    if (!subject.apiGroup && (subject.kind === 'User' || subject.kind === 'Group')) subject.apiGroup = rbacGroup;
  }
}

function bindingErrors(binding: AnyBinding, kinds: readonly string[], namespaced: boolean): readonly FieldError[] {
  const { roleRef } = binding;
  const errors: FieldError[] = [];
  if (roleRef.apiGroup !== rbacGroup) errors.push(notSupported('roleRef.apiGroup', roleRef.apiGroup, [rbacGroup]));
  if (!kinds.includes(roleRef.kind)) errors.push(notSupported('roleRef.kind', roleRef.kind, kinds));
  if (roleRef.name === '') errors.push(requiredField('roleRef.name'));
  else for (const text of pathSegmentErrors(roleRef.name)) errors.push(invalid('roleRef.name', roleRef.name, text));
  for (const [index, subject] of (binding.subjects ?? []).entries()) {
    errors.push(...subjectErrors(subject, namespaced, `subjects[${index}]`));
  }
  return errors;
}

function subjectErrors(subject: Subject, namespaced: boolean, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { kind, name, namespace = '', apiGroup = '' } = subject;
  if (name === '') errors.push(requiredField(`${field}.name`));
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') for (const text of dnsSubdomainErrors(name)) errors.push(invalid(`${field}.name`, name, text));
      if (apiGroup !== '') errors.push(notSupported(`${field}.apiGroup`, apiGroup, ['']));
      if (!namespaced && namespace === '') errors.push(requiredField(`${field}.namespace`));
      break;
    case 'User':
    case 'Group':
      if (apiGroup !== rbacGroup) errors.push(notSupported(`${field}.apiGroup`, apiGroup, [rbacGroup]));
      break;
    default:
      errors.push(notSupported(`${field}.kind`, kind, ['ServiceAccount', 'User', 'Group']));
  }
  return errors;
}

function roleChangeErrors({ roleRef }: AnyBinding, old: AnyBinding): readonly FieldError[] {
  const before = old.roleRef;
  const same = roleRef.apiGroup === before.apiGroup && roleRef.kind === before.kind && roleRef.name === before.name;
  const shown = { APIGroup: roleRef.apiGroup, Kind: roleRef.kind, Name: roleRef.name };
  return same ? [] : [invalid('roleRef', shown, 'cannot change roleRef')];
}

function subjectNames(binding: AnyBinding, kind: Subject['kind']): string {
  return (binding.subjects ?? [])
    .filter((subject) => subject.kind === kind)
    .map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
    .join(', ');
}
