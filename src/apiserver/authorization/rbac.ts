/**
 * Role-based access control: bindings give users, groups and service accounts the rules of a role.
 *
 * Bindings are filed under their subjects, so that a question visits only the roles of who asks. The files are rebuilt
 * when a binding changed (they change rarely); roles are read from the cache when asked.
 */
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  RoleRef,
  Subject,
} from '../../api/groups/rbac.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { ResourceCache } from '../registry/cache.ts';
import type { User } from '../user.ts';
import type { AccessQuestion, Authorizer, Decision } from './authorizer.ts';

export interface RbacCaches {
  readonly roles: ResourceCache;
  readonly clusterRoles: ResourceCache;
  readonly roleBindings: ResourceCache;
  readonly clusterRoleBindings: ResourceCache;
}

/** A binding that applies to a subject; `namespace` '' = everywhere. */
interface Grant {
  readonly binding: RoleBinding | ClusterRoleBinding;
  readonly subject: Subject;
  readonly namespace: string;
}

export interface RbacAuthorizer extends Authorizer {
  /** All rules that hold for the user in the namespace ('' = those that hold everywhere). */
  grantedRules(user: User, namespace: string): readonly PolicyRule[];
  /** The rules of a role that a binding in the namespace refers to; undefined when it is missing. */
  rulesOfRole(role: RoleRef, namespace: string): readonly PolicyRule[] | undefined;
}

export function createRbacAuthorizer(caches: RbacCaches): RbacAuthorizer {
  let grants: Map<string, Grant[]> | undefined;
  const forget = { items: () => (grants = undefined), ended: () => (grants = undefined) };
  for (const cache of [caches.roleBindings, caches.clusterRoleBindings]) {
    cache.watch(
      { scope: cache.prefix, matches: () => true, sinceRevision: cache.revision, bookmarkInitial: false },
      forget,
    );
  }
  const grantsFor = function* (user: User, namespace: string): Iterable<Grant> {
    grants ??= fileGrants(caches);
    for (const key of subjectKeys(user)) {
      for (const grant of grants.get(key) ?? []) {
        if (grant.namespace === '' || grant.namespace === namespace) yield grant;
      }
    }
  };
  const rulesOf = ({ binding, namespace }: Grant): readonly PolicyRule[] =>
    findRules(caches, binding.roleRef, namespace) ?? [];
  const grantedRules = (user: User, namespace: string): readonly PolicyRule[] =>
    [...grantsFor(user, namespace)].flatMap(rulesOf);
  return {
    decide(question) {
      const missing: string[] = [];
      for (const grant of grantsFor(question.user, question.resource?.namespace ?? '')) {
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

function fileGrants(caches: RbacCaches): Map<string, Grant[]> {
  const grants = new Map<string, Grant[]>();
  const file = (binding: RoleBinding | ClusterRoleBinding, namespace: string): void => {
    for (const subject of binding.subjects ?? []) {
      const key = keyOfSubject(subject, namespace);
      const filed = grants.get(key);
      if (filed === undefined) grants.set(key, [{ binding, subject, namespace }]);
      else filed.push({ binding, subject, namespace });
    }
  };
  for (const { object } of caches.clusterRoleBindings.list(caches.clusterRoleBindings.prefix)) {
    file(typed<ClusterRoleBinding>(object), '');
  }
  for (const { object } of caches.roleBindings.list(caches.roleBindings.prefix)) {
    file(typed<RoleBinding>(object), object.metadata.namespace ?? '');
  }
  return grants;
}

function keyOfSubject(subject: Subject, bindingNamespace: string): string {
  if (subject.kind !== 'ServiceAccount') return `${subject.kind}:${subject.name}`;
  return `User:system:serviceaccount:${subject.namespace ?? bindingNamespace}:${subject.name}`;
}

function subjectKeys(user: User): readonly string[] {
  return [`User:${user.name}`, ...user.groups.map((group) => `Group:${group}`)];
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
