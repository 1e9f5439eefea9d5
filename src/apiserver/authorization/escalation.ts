/**
 * Nobody gives away rights that are not theirs: which of some wanted rules a user's own rules do not cover, and how the
 * refusal names them. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
import type { PolicyRule } from '../../api/groups/rbac.v1.ts';
import type { User } from '../user.ts';

/** Undefined when `held` covers all of `wanted`, else the text of the refusal. */
export function escalation(user: User, held: readonly PolicyRule[], wanted: readonly PolicyRule[]): string | undefined {
  const missing = missingRules(held, wanted);
  if (missing.length === 0) return undefined;
  const groups = `[${user.groups.map((group) => JSON.stringify(group)).join(' ')}]`;
  const texts = [...new Set(joinVerbs(missing).map(ruleText))].toSorted();
  return (
    `user ${JSON.stringify(user.name)} (groups=${groups}) is attempting to grant RBAC permissions not currently held:\n` +
    texts.join('\n')
  );
}

/** What `wanted` allows and `held` does not, taken apart to the smallest rules. */
export function missingRules(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  return wanted.flatMap(singleRules).filter((single) => !held.some((rule) => covers(rule, single)));
}

/** A rule taken apart: one verb, one group, one resource, at most one name; or one verb and one path. */
function singleRules(rule: PolicyRule): PolicyRule[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const names = resourceNames.length === 0 ? [undefined] : resourceNames;
  const ofResources = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) =>
        names.map((name) => ({
          apiGroups: [group],
          resources: [resource],
          verbs: [verb],
          ...(name === undefined ? {} : { resourceNames: [name] }),
        })),
      ),
    ),
  );
  const ofPaths = nonResourceURLs.flatMap((path) => verbs.map((verb) => ({ nonResourceURLs: [path], verbs: [verb] })));
  return [...ofResources, ...ofPaths];
}

function covers(rule: PolicyRule, single: PolicyRule): boolean {
  const [verb = ''] = single.verbs;
  if (!has(rule.verbs, verb)) return false;
  const [path] = single.nonResourceURLs ?? [];
  if (path !== undefined) return (rule.nonResourceURLs ?? []).some((pattern) => coversPath(pattern, path));
  const [group = ''] = single.apiGroups ?? [];
  const [resource = ''] = single.resources ?? [];
  const [name] = single.resourceNames ?? [];
  const names = rule.resourceNames ?? [];
  return (
    has(rule.apiGroups ?? [], group) &&
    coversResource(rule.resources ?? [], resource) &&
    (names.length === 0 || (name !== undefined && names.includes(name)))
  );
}

const has = (values: readonly string[], value: string): boolean => values.includes('*') || values.includes(value);

function coversResource(held: readonly string[], resource: string): boolean {
  const slash = resource.indexOf('/');
  return has(held, resource) || (slash >= 0 && held.includes(`*${resource.slice(slash)}`));
}

const coversPath = (pattern: string, path: string): boolean =>
  pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));

/** Rules that differ in their verbs alone become one. */
function joinVerbs(rules: readonly PolicyRule[]): PolicyRule[] {
  const joined = new Map<string, PolicyRule>();
  const others: PolicyRule[] = [];
  for (const rule of rules) {
    if (rule.nonResourceURLs !== undefined) {
      others.push(rule);
      continue;
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames]);
    const known = joined.get(key);
    const verbs = known === undefined ? rule.verbs : [...new Set([...known.verbs, ...rule.verbs])];
    joined.set(key, { ...rule, verbs });
  }
  return [...joined.values(), ...others];
}

function ruleText({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PolicyRule): string {
  const list = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
  const parts = [
    ['APIGroups', apiGroups],
    ['Resources', resources],
    ['NonResourceURLs', nonResourceURLs],
    ['ResourceNames', resourceNames],
    ['Verbs', verbs],
  ] as const;
  const given = parts.filter(([, values]) => values !== undefined && values.length > 0);
  return `{${given.map(([name, values]) => `${name}:${list(values ?? [])}`).join(', ')}}`;
}
