/**
 * Which flow schema a request belongs to: the first in order of precedence that has a rule for its user and for what it
 * asks. What a user's subjects allow is worked out once a user, so that a request is held against few rules.
 *
 * Limit: `maxUsers` users are remembered; when there are more, all are forgotten.
 */
import type { FlowSchema, PolicyRulesWithSubjects, Subject } from '../../api/groups/flowcontrol.v1.ts';
import { namespaceOf, type RequestInfo, type ResourceTarget } from '../request-info.ts';
import type { User } from '../user.ts';

const maxUsers = 4096;

interface Candidate {
  readonly schema: FlowSchema;
  readonly rules: readonly PolicyRulesWithSubjects[];
}

/** What was worked out for a user with these groups. */
interface Remembered {
  readonly groups: readonly string[];
  readonly candidates: readonly Candidate[];
}

/** Undefined: no schema matches. */
export type MatchFlow = (user: User, info: RequestInfo) => FlowSchema | undefined;

export function createMatchFlow(schemas: readonly FlowSchema[]): MatchFlow {
  const ordered = schemas.toSorted(byPrecedence);
  const remembered = new Map<string, Remembered>();
  const candidatesOf = (user: User): readonly Candidate[] => {
    const known = remembered.get(user.name);
    if (known !== undefined && sameTexts(known.groups, user.groups)) return known.candidates;
    if (remembered.size >= maxUsers) remembered.clear();
    const candidates = ordered.flatMap((schema) => candidateFor(schema, user) ?? []);
    remembered.set(user.name, { groups: user.groups, candidates });
    return candidates;
  };
  return (user, info) => {
    const candidates = candidatesOf(user);
    for (const { schema, rules } of candidates) {
      for (const rule of rules) if (ruleMatches(rule, info)) return schema;
    }
    return undefined;
  };
}

function sameTexts(some: readonly string[], others: readonly string[]): boolean {
  if (some === others) return true;
  if (some.length !== others.length) return false;
  for (let index = 0; index < some.length; index++) if (some[index] !== others[index]) return false;
  return true;
}

function byPrecedence(a: FlowSchema, b: FlowSchema): number {
  const order = a.spec.matchingPrecedence - b.spec.matchingPrecedence;
  return order === 0 ? (a.metadata.name < b.metadata.name ? -1 : 1) : order;
}

function candidateFor(schema: FlowSchema, user: User): Candidate | undefined {
  const rules = (schema.spec.rules ?? []).filter(({ subjects }) => subjects.some((one) => subjectMatches(one, user)));
  return rules.length === 0 ? undefined : { schema, rules };
}

function subjectMatches({ kind, user: named, group, serviceAccount }: Subject, user: User): boolean {
  switch (kind) {
    case 'User':
      return named?.name === '*' || named?.name === user.name;
    case 'Group':
      return group?.name === '*' || user.groups.includes(group?.name ?? '');
    case 'ServiceAccount': {
      if (serviceAccount === undefined) return false;
      const prefix = `system:serviceaccount:${serviceAccount.namespace}:`;
      if (serviceAccount.name !== '*') return user.name === `${prefix}${serviceAccount.name}`;
      return user.name.startsWith(prefix) && !user.name.slice(prefix.length).includes(':');
    }
    default:
      return false;
  }
}

function ruleMatches({ resourceRules, nonResourceRules }: PolicyRulesWithSubjects, info: RequestInfo): boolean {
  const { resource: target, verb, path } = info;
  if (target === undefined) {
    for (const { verbs, nonResourceURLs } of nonResourceRules ?? []) {
      if (allows(verbs, verb) && nonResourceURLs.some((pattern) => pathMatches(pattern, path))) return true;
    }
    return false;
  }
  const namespace = namespaceOf(target);
  for (const { verbs, apiGroups, resources, namespaces, clusterScope } of resourceRules ?? []) {
    if (!allows(verbs, verb) || !allows(apiGroups, target.group) || !allowsResource(resources, target)) continue;
    if (namespace === '' ? clusterScope === true : allows(namespaces ?? [], namespace)) return true;
  }
  return false;
}

function allowsResource(resources: readonly string[], { resource, subresource }: ResourceTarget): boolean {
  return allows(resources, subresource === '' ? resource : `${resource}/${subresource}`);
}

const allows = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value);

function pathMatches(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('/*') && path.startsWith(pattern.slice(0, -1));
}
