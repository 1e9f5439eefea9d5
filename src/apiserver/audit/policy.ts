/**
 * The audit policy: how much is told of which request. The first rule that matches a request decides; what no rule
 * matches is not told. https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
 */
import { namespaceOf, type RequestInfo, type ResourceTarget } from '../request-info.ts';
import type { User } from '../user.ts';

export const levels = ['None', 'Metadata', 'Request', 'RequestResponse'] as const;
export type AuditLevel = (typeof levels)[number];

export const stages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const;
export type AuditStage = (typeof stages)[number];

export interface GroupResources {
  readonly group?: string;
  /** Empty: all. `pods`, `pods/log`, `pods/*`, `*`, and `*` before a subresource. */
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface PolicyRule {
  readonly level: AuditLevel;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly GroupResources[];
  readonly namespaces?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly omitStages?: readonly AuditStage[];
  readonly omitManagedFields?: boolean;
}

export interface AuditPolicy {
  readonly rules: readonly PolicyRule[];
  readonly omitStages?: readonly AuditStage[];
  readonly omitManagedFields?: boolean;
}

/** What the policy says of one request. */
export interface AuditDecision {
  readonly level: AuditLevel;
  readonly omitStages: ReadonlySet<AuditStage>;
  readonly omitManagedFields: boolean;
}

export type DecideAudit = (user: User, info: RequestInfo) => AuditDecision;

export function createDecideAudit(policy: AuditPolicy): DecideAudit {
  const decisionOf = (rule: Partial<PolicyRule>): AuditDecision => ({
    level: rule.level ?? 'None',
    omitStages: new Set([...(policy.omitStages ?? []), ...(rule.omitStages ?? [])]),
    omitManagedFields: rule.omitManagedFields ?? policy.omitManagedFields ?? false,
  });
  const rules = policy.rules.map((rule) => ({ rule, decision: decisionOf(rule) }));
  const otherwise = decisionOf({});
  return (user, info) => rules.find(({ rule }) => matches(rule, user, info))?.decision ?? otherwise;
}

const given = (list: readonly unknown[] | undefined): boolean => list !== undefined && list.length > 0;

function matches(rule: PolicyRule, user: User, { verb, path, resource }: RequestInfo): boolean {
  if (given(rule.users) && rule.users?.includes(user.name) !== true) return false;
  if (given(rule.userGroups) && !user.groups.some((group) => rule.userGroups?.includes(group))) return false;
  if (given(rule.verbs) && rule.verbs?.includes(verb) !== true) return false;
  if (given(rule.namespaces) || given(rule.resources)) return resource !== undefined && matchesTarget(rule, resource);
  if (!given(rule.nonResourceURLs)) return true;
  return resource === undefined && rule.nonResourceURLs?.some((pattern) => pathMatches(pattern, path)) === true;
}

function matchesTarget({ namespaces, resources }: PolicyRule, target: ResourceTarget): boolean {
  if (given(namespaces) && namespaces?.includes(namespaceOf(target)) !== true) return false;
  return !given(resources) || resources?.some((one) => matchesGroup(one, target)) === true;
}

function matchesGroup({ group = '', resources, resourceNames }: GroupResources, target: ResourceTarget): boolean {
  if (group !== target.group) return false;
  if (!given(resources)) return true;
  if (given(resourceNames) && resourceNames?.includes(target.name ?? '') !== true) return false;
  const { resource, subresource } = target;
  const whole = subresource === '' ? resource : `${resource}/${subresource}`;
  return (resources ?? []).some(
    (pattern) =>
      pattern === '*' ||
      pattern === whole ||
      pattern === `${resource}/*` ||
      (subresource !== '' && pattern === `*/${subresource}`),
  );
}

function pathMatches(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, ''));
}
