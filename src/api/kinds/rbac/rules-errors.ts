import { invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { AggregationRule, PolicyRule } from '../../groups/rbac.v1.ts';
import { labelSelectorErrors } from '../selector-errors.ts';

/** `namespaced`: the rules of a Role, which cannot reach paths outside resources. */
export function rulesErrors(rules: readonly PolicyRule[], namespaced: boolean): readonly FieldError[] {
  return rules.flatMap((rule, index) => ruleErrors(rule, namespaced, `rules[${index}]`));
}

function ruleErrors(rule: PolicyRule, namespaced: boolean, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const urls = rule.nonResourceURLs ?? [];
  if ((rule.verbs ?? []).length === 0) {
    errors.push(requiredField(`${field}.verbs`, 'verbs must contain at least one value'));
  }
  if (urls.length > 0) {
    const alone = 'rules cannot apply to both regular resources and non-resource URLs';
    if (namespaced) {
      errors.push(invalid(`${field}.nonResourceURLs`, urls, 'namespaced rules cannot apply to non-resource URLs'));
    }
    const others = [rule.apiGroups, rule.resources, rule.resourceNames];
    if (others.some((list) => (list ?? []).length > 0)) errors.push(invalid(`${field}.nonResourceURLs`, urls, alone));
    return errors;
  }
  if ((rule.apiGroups ?? []).length === 0) {
    errors.push(requiredField(`${field}.apiGroups`, 'resource rules must supply at least one api group'));
  }
  if ((rule.resources ?? []).length === 0) {
    errors.push(requiredField(`${field}.resources`, 'resource rules must supply at least one resource'));
  }
  return errors;
}

export function aggregationErrors(rule: AggregationRule | undefined): readonly FieldError[] {
  if (rule == null) return [];
  const selectors = rule.clusterRoleSelectors ?? [];
  if (selectors.length === 0) {
    return [
      requiredField(
        'aggregationRule.clusterRoleSelectors',
        'at least one clusterRoleSelector required if aggregationRule is non-nil',
      ),
    ];
  }
  return selectors.flatMap((selector, index) => {
    const field = `aggregationRule.clusterRoleSelectors[${index}]`;
    const errors = labelSelectorErrors(selector, field);
    const unreadable = errors.some((error) => error.field.endsWith('.operator') || error.field.endsWith('.values'));
    return unreadable ? [...errors, invalid(field, null, 'invalid label selector.')] : errors;
  });
}
