/**
 * Role-based access control: bindings give users, groups and service accounts the rules of a role.
 *
 * Bindings are filed under their subjects (filed-grants.ts), so that a question visits only the roles of who asks; roles are
 * read from the cache when asked.
 */
import type { ClusterRole, PolicyRule, Role, RoleRef } from '../../api/groups/rbac.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { ResourceCache } from '../registry/cache.ts';
import type { User } from '../user.ts';
import type { AccessQuestion, Authorizer, Decision } from './authorizer.ts';
import { FiledGrants, type Grant } from './filed-grants.ts';

export interface RbacCaches {
  readonly roles: ResourceCache;
  readonly clusterRoles: ResourceCache;
  readonly roleBindings: ResourceCache;
  readonly clusterRoleBindings: ResourceCache;
}

export interface RbacAuthorizer extends Authorizer {
  /** All rules that hold for the user in the namespace ('' = those that hold everywhere). */
  grantedRules(user: User, namespace: string): readonly PolicyRule[];
  /** The rules of a role that a binding in the namespace refers to; undefined when it is missing. */
  rulesOfRole(role: RoleRef, namespace: string): readonly PolicyRule[] | undefined;
}

export function createRbacAuthorizer(caches: RbacCaches): RbacAuthorizer {
  const grants = new FiledGrants();
  for (const cache of [caches.roleBindings, caches.clusterRoleBindings]) {
    cache.follow(cache.prefix, (item) => grants.take(item));
  }
  const rulesOf = ({ binding, namespace }: Grant): readonly PolicyRule[] =>
    findRules(caches, binding.roleRef, namespace) ?? [];
  const grantedRules = (user: User, namespace: string): readonly PolicyRule[] =>
    [...grants.of(user, namespace)].flatMap(rulesOf);
  return {
    decide(question) {
      const missing: string[] = [];
      for (const grant of grants.of(question.user, question.resource?.namespace ?? '')) {
        if (question.resource === undefined && grant.namespace !== '') continue;
        const rules = findRules(caches, grant.binding.roleRef, grant.namespace);
        if (rules === undefined) missing.push(missingRole(grant.binding.roleRef));
        else if (rules.some((rule) => ruleAllows(rule, question))) return allowedBy(grant);
      }
      return missing.length === 0 ? undefined : { allowed: false, reason: `RBAC: ${joinErrors(missing)}` };
    },
    grantedRules,
    rulesFor: (user, namespace) => ({ rules: grantedRules(user, namespace) }),
    rulesOfRole: (role, namespace) => findRules(caches, role, namespace),
  };
}

/** The rules of a role; undefined when there is no such role. `namespace`: where the binding stands. */
function findRules(caches: RbacCaches, { kind, name }: RoleRef, namespace: string): readonly PolicyRule[] | undefined {
  const entry =
    kind === 'ClusterRole'
      ? caches.clusterRoles.get(`${caches.clusterRoles.prefix}${name}`)
      : caches.roles.get(`${caches.roles.prefix}${namespace}/${name}`);
  return entry === undefined ? undefined : (typed<ClusterRole | Role>(entry.object).rules ?? []);
}

function missingRole({ kind, name }: RoleRef): string {
  const resource = kind === 'ClusterRole' ? 'clusterrole' : 'role';
  return `${resource}.rbac.authorization.k8s.io ${JSON.stringify(name)} not found`;
}

function joinErrors(texts: readonly string[]): string {
  const all = [...new Set(texts)];
  return all.length === 1 ? (all[0] as string) : `[${all.join(', ')}]`;
}

/** The cache holds objects of its kind alone. */
const typed = <T>(object: KubeObject): T => object as unknown as T;

/** One rule covers the question. */
export function ruleAllows(rule: PolicyRule, question: AccessQuestion): boolean {
  if (!has(rule.verbs, question.verb)) return false;
  const { resource } = question;
  if (resource === undefined)
    return (rule.nonResourceURLs ?? []).some((pattern) => pathMatches(pattern, question.path));
  return (
    has(rule.apiGroups ?? [], resource.group) &&
    resourceMatches(rule.resources ?? [], resource.resource, resource.subresource) &&
    ((rule.resourceNames ?? []).length === 0 || (rule.resourceNames ?? []).includes(resource.name))
  );
}

const has = (values: readonly string[], value: string): boolean => values.includes('*') || values.includes(value);

function resourceMatches(patterns: readonly string[], resource: string, subresource: string): boolean {
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  return has(patterns, full) || (subresource !== '' && patterns.includes(`*/${subresource}`));
}

const pathMatches = (pattern: string, path: string): boolean =>
  pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));

function allowedBy({ binding, subject, namespace }: Grant): Decision {
  const { kind, name } = binding.roleRef;
  const bindingKind = namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding';
  const bindingName = namespace === '' ? binding.metadata.name : `${binding.metadata.name}/${namespace}`;
  const who =
    subject.kind === 'ServiceAccount'
      ? `ServiceAccount "${subject.name}/${subject.namespace ?? namespace}"`
      : `${subject.kind} "${subject.name}"`;
  return {
    allowed: true,
    reason: `RBAC: allowed by ${bindingKind} "${bindingName}" of ${kind} "${name}" to ${who}`,
  };
}
