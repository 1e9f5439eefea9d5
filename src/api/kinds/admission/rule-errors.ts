/** Which requests a webhook or a policy wants to see, checked. */
import { duplicate, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { MatchResources, RuleWithOperations } from '../../groups/admissionregistration.v1.ts';
import { pathSegmentErrors } from '../../name-rules.ts';
import { expressionKeywords, identifierErrors, qualifiedNameErrors } from '../../names.ts';
import { repeats } from '../../repeats.ts';
import { labelSelectorErrors } from '../selector-errors.ts';
import { checkedErrors, type Check, type ExpressionChecks } from './expression-checks.ts';

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const scopes = ['*', 'Cluster', 'Namespaced'];
const maxMatchConditions = 64;

export const failurePolicies = ['Fail', 'Ignore'];
export const matchPolicies = ['Equivalent', 'Exact'];

interface Named {
  readonly name: string;
  readonly expression: string;
}

export function operationRuleErrors(rule: RuleWithOperations, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const given = rule.operations ?? [];
  if (given.length === 0) errors.push(requiredField(`${field}.operations`));
  errors.push(...aloneErrors(given, 'operations', `${field}.operations`));
  for (const [index, operation] of given.entries()) {
    if (!operations.includes(operation)) {
      errors.push(notSupported(`${field}.operations[${index}]`, operation, operations));
    }
  }
  const { apiGroups = [], apiVersions = [], resources = [], scope } = rule;
  if (apiGroups.length === 0) errors.push(requiredField(`${field}.apiGroups`));
  errors.push(...aloneErrors(apiGroups, 'API groups', `${field}.apiGroups`));
  if (apiVersions.length === 0) errors.push(requiredField(`${field}.apiVersions`));
  errors.push(...aloneErrors(apiVersions, 'API versions', `${field}.apiVersions`));
  for (const [index, version] of apiVersions.entries()) {
    if (version === '') errors.push(requiredField(`${field}.apiVersions[${index}]`));
  }
  errors.push(...resourcesErrors(resources, `${field}.resources`));
  if (scope != null && !scopes.includes(scope)) errors.push(notSupported(`${field}.scope`, scope, scopes));
  return errors;
}

/** What policies and their bindings look at. */
export function matchResourcesErrors(match: MatchResources, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { matchPolicy, namespaceSelector, objectSelector } = match;
  if (matchPolicy == null) errors.push(requiredField(`${field}.matchPolicy`));
  else if (!matchPolicies.includes(matchPolicy)) {
    errors.push(notSupported(`${field}.matchPolicy`, matchPolicy, matchPolicies));
  }
  for (const [name, selector] of Object.entries({ namespaceSelector, objectSelector })) {
    if (selector == null) errors.push(requiredField(`${field}.${name}`));
    errors.push(...labelSelectorErrors(selector, `${field}.${name}`));
  }
  for (const name of ['resourceRules', 'excludeResourceRules'] as const) {
    for (const [index, rule] of (match[name] ?? []).entries()) {
      const item = `${field}.${name}[${index}]`;
      errors.push(...resourceNameErrors(rule.resourceNames ?? [], `${item}.resourceNames`));
      errors.push(...operationRuleErrors(rule, item));
    }
  }
  return errors;
}

export function matchConditionErrors(
  conditions: readonly Named[],
  field: string,
  check?: Check,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (conditions.length > maxMatchConditions) {
    const message = `Too many: ${conditions.length}: must have at most ${maxMatchConditions} items`;
    errors.push({ type: 'FieldValueTooMany', field, message });
  }
  for (const [index, { name, expression }] of conditions.entries()) {
    const item = `${field}[${index}]`;
    const trimmed = expression.trim();
    if (trimmed === '') errors.push(requiredField(`${item}.expression`));
    else errors.push(...checkedErrors(`${item}.expression`, trimmed, check?.(trimmed)));
    if (name === '') errors.push(requiredField(`${item}.name`));
    else {
      errors.push(...qualifiedNameErrors(name).map((text) => invalid(`${item}.name`, name, text)));
      if (conditions.findIndex((each) => each.name === name) < index) errors.push(duplicate(`${item}.name`, name));
    }
  }
  return errors;
}

/** Expressions with a name, which others use. */
export function variableErrors(
  variables: readonly Named[],
  field: string,
  check?: ExpressionChecks['variable'],
): readonly FieldError[] {
  return variables.flatMap(({ name, expression }, index) => {
    const item = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (name.trim() === '') errors.push(requiredField(`${item}.name`, 'name is not specified'));
    else if (identifierErrors(name).length > 0 || expressionKeywords.has(name)) {
      errors.push(invalid(`${item}.name`, name, 'name is not a valid CEL identifier'));
    }
    return [...errors, ...expressionErrors(expression, `${item}.expression`, (text) => check?.(name, text))];
  });
}

export function expressionErrors(expression: string | undefined, field: string, check?: Check): readonly FieldError[] {
  if (expression === undefined || expression.trim() === '') {
    return [requiredField(field, 'expression is not specified')];
  }
  return checkedErrors(field, expression, check?.(expression));
}

function aloneErrors(values: readonly string[], what: string, field: string): readonly FieldError[] {
  return values.length > 1 && values.includes('*')
    ? [invalid(field, values, `if '*' is present, must not specify other ${what}`)]
    : [];
}

function resourceNameErrors(names: readonly string[], field: string): readonly FieldError[] {
  const again = repeats(names);
  return names.flatMap((name, index) => [
    ...pathSegmentErrors(name).map((text) => invalid(`${field}[${index}]`, name, text)),
    ...(again.has(index) ? [duplicate(`${field}[${index}]`, name)] : []),
  ]);
}

/** Wildcards may not hide other entries of the list. */
function resourcesErrors(resources: readonly string[], field: string): readonly FieldError[] {
  if (resources.length === 0) return [requiredField(field)];
  const errors: FieldError[] = [];
  const wholeResources = new Set<string>();
  const wholeSubresources = new Set<string>();
  let plain = false;
  for (const [index, text] of resources.entries()) {
    const item = `${field}[${index}]`;
    if (text === '') {
      errors.push(requiredField(item));
      continue;
    }
    const slash = text.indexOf('/');
    if (slash < 0) {
      plain = text !== '*';
      continue;
    }
    const [resource, subresource] = [text.slice(0, slash), text.slice(slash + 1)];
    if (wholeResources.has(resource)) {
      errors.push(invalid(item, text, `if '${resource}/*' is present, must not specify ${text}`));
    }
    if (wholeSubresources.has(subresource)) {
      errors.push(invalid(item, text, `if '*/${subresource}' is present, must not specify ${text}`));
    }
    if (subresource === '*') wholeResources.add(resource);
    if (resource === '*') wholeSubresources.add(subresource);
  }
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(invalid(field, resources, "if '*/*' is present, must not specify other resources"));
  }
  if (resources.includes('*') && plain) {
    const detail = "if '*' is present, must not specify other resources without subresources";
    errors.push(invalid(field, resources, detail));
  }
  return errors;
}
