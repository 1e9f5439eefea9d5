/** Roles and bindings: who makes them must hold what they give, or may `escalate` roles or `bind` the role in question. */
import { ApiError } from '../../api/api-error.ts';
import { samePlain } from '../../api/equality.ts';
import type { ClusterRole, PolicyRule, RoleBinding } from '../../api/groups/rbac.v1.ts';
import { ClusterRoleBindings, ClusterRoles, RoleBindings, Roles } from '../../api/resources.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import { escalation } from '../authorization/escalation.ts';
import type { RbacAuthorizer } from '../authorization/rbac.ts';
import { qualifiedResource } from '../registry/served.ts';
import type { AdmissionPlugin, Admitted } from './admission.ts';

const group = 'rbac.authorization.k8s.io';

export function createRbacEscalation(rbac: RbacAuthorizer, authorizer: Authorizer): AdmissionPlugin {
  const may = async (
    request: Admitted,
    verb: string,
    resource: string,
    name: string,
    namespace: string,
  ): Promise<boolean> => {
    const about = { group, version: 'v1', resource, subresource: '', namespace, name };
    return (await authorizer.decide({ user: request.user, verb, path: '', resource: about }))?.allowed === true;
  };
  const checkRole = async (request: Admitted): Promise<void> => {
    const role = request.object as unknown as ClusterRole;
    const old = request.old as unknown as ClusterRole | undefined;
    const same = samePlain(role.rules ?? [], old?.rules ?? []);
    const { namespace = '', name, served } = request;
    if (await may(request, 'escalate', served.resource.plural, name, namespace)) return;
    if (role.aggregationRule !== undefined && !samePlain(role.aggregationRule, old?.aggregationRule)) {
      const all: PolicyRule[] = [
        { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
        { nonResourceURLs: ['*'], verbs: ['*'] },
      ];
      const lacking = escalation(request.user, rbac.grantedRules(request.user, ''), all);
      if (lacking !== undefined)
        throw refused(request, 'must have cluster-admin privileges to use the aggregationRule');
    }
    if (old !== undefined && same) return;
    confirm(request, rbac.grantedRules(request.user, namespace), role.rules ?? []);
  };
  const checkBinding = async (request: Admitted): Promise<void> => {
    const { roleRef } = request.object as unknown as RoleBinding;
    const { namespace = '' } = request;
    const old = request.old as unknown as RoleBinding | undefined;
    const { subjects } = request.object as unknown as RoleBinding;
    if (old !== undefined && samePlain(old.roleRef, roleRef) && samePlain(old.subjects ?? [], subjects ?? [])) return;
    const plural = roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
    if (await may(request, 'bind', plural, roleRef.name, namespace)) return;
    const rules = rbac.rulesOfRole(roleRef, namespace);
    if (rules === undefined) {
      const text = `${plural}.${group} ${JSON.stringify(roleRef.name)} not found`;
      throw new ApiError('NotFound', text, { name: roleRef.name, group, kind: plural });
    }
    confirm(request, rbac.grantedRules(request.user, namespace), rules);
  };
  return {
    name: 'RBACEscalation',
    about: [Roles, ClusterRoles, RoleBindings, ClusterRoleBindings],
    async validate(request) {
      const { resource } = request.served;
      if (request.operation === 'DELETE') return;
      if (request.user.groups.includes('system:masters')) return;
      if (resource === Roles || resource === ClusterRoles) await checkRole(request);
      else if (resource === RoleBindings || resource === ClusterRoleBindings) await checkBinding(request);
    },
  };
}

function confirm(request: Admitted, held: readonly PolicyRule[], wanted: readonly PolicyRule[]): void {
  const text = escalation(request.user, held, wanted);
  if (text !== undefined) throw refused(request, text);
}

function refused({ served, name }: Admitted, why: string): ApiError {
  const text = `${qualifiedResource(served)} ${JSON.stringify(name)} is forbidden: ${why}`;
  return new ApiError('Forbidden', text, { name, group, kind: served.resource.plural });
}
