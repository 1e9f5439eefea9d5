import type { Descriptor } from '../../descriptor.ts';
import type { ClusterRole, Role } from '../../groups/rbac.v1.ts';
import { pathSegmentErrors } from '../../name-rules.ts';
import { ClusterRoles, Roles } from '../../resources.ts';
import { createdAtTable } from '../columns.ts';
import { aggregationErrors, rulesErrors } from './rules-errors.ts';

export const roleDescriptor: Descriptor<Role> = {
  resource: Roles,
  createOnUpdate: true,
  nameErrors: pathSegmentErrors,
  validateCreate: ({ rules }) => rulesErrors(rules ?? [], true),
  validateUpdate: ({ rules }) => rulesErrors(rules ?? [], true),
  table: createdAtTable,
};

export const clusterRoleDescriptor: Descriptor<ClusterRole> = {
  resource: ClusterRoles,
  createOnUpdate: true,
  nameErrors: pathSegmentErrors,
  validateCreate: clusterRoleErrors,
  validateUpdate: clusterRoleErrors,
  table: createdAtTable,
};

function clusterRoleErrors({ rules, aggregationRule }: ClusterRole) {
  return [...rulesErrors(rules ?? [], false), ...aggregationErrors(aggregationRule)];
}
