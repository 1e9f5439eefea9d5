/** A ClusterRole with an aggregation rule holds the rules of all ClusterRoles that its selectors match. */
import type { ClusterRole, PolicyRule } from '../../api/groups/rbac.v1.ts';
import { labelPredicate } from '../label-selector.ts';
import { same } from '../same.ts';

/** The rules it should have, or undefined when it is not aggregated or has them. Roles count in the order of their names. */
export function planAggregatedRules(role: ClusterRole, all: readonly ClusterRole[]): readonly PolicyRule[] | undefined {
  if (role.aggregationRule === undefined) return undefined;
  const others = all
    .filter(({ metadata }) => metadata.name !== role.metadata.name)
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const rules: PolicyRule[] = [];
  for (const selector of role.aggregationRule.clusterRoleSelectors ?? []) {
    const matches = labelPredicate(selector);
    for (const { metadata, rules: found } of others) {
      if (!matches(metadata.labels)) continue;
      for (const rule of found ?? []) if (!rules.some((known) => same(known, rule))) rules.push(rule);
    }
  }
  return same(rules, role.rules) ? undefined : rules;
}
