import { invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { ResourceQuota, ResourceQuotaSpec } from '../../groups/core.v1.ts';
import { samePlain } from '../../equality.ts';
import { isQuotaHugePages, quantityErrors, resourceNameErrors } from '../pod/resources.ts';

const counted = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);
const measured = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
]);
const scopes = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
];

export function quotaErrors({ spec }: ResourceQuota): readonly FieldError[] {
  return [...amountsErrors(spec.hard ?? {}, 'spec.hard'), ...scopeErrors(spec)];
}

export function quotaUpdateErrors(
  quota: ResourceQuota,
  old: ResourceQuota,
  { subresource }: { readonly subresource: string },
): readonly FieldError[] {
  if (subresource === 'status') {
    return [
      ...amountsErrors(quota.status.hard ?? {}, 'status.hard'),
      ...amountsErrors(quota.status.used ?? {}, 'status.used'),
    ];
  }
  const errors = [...quotaErrors(quota)];
  const sorted = (names: readonly string[] | undefined): readonly string[] => (names ?? []).toSorted();
  if (!samePlain(sorted(quota.spec.scopes), sorted(old.spec.scopes))) {
    errors.push(invalid('spec.scopes', quota.spec.scopes, 'field is immutable'));
  }
  return errors;
}

function amountsErrors(amounts: Readonly<Record<string, string>>, field: string): readonly FieldError[] {
  return Object.keys(amounts)
    .toSorted()
    .flatMap((resource) => {
      const at = `${field}[${resource}]`;
      const text = amounts[resource] ?? '0';
      const errors: FieldError[] = [...resourceNameErrors(resource, at)];
      if (!resource.includes('/') && !isQuotaResource(resource)) {
        errors.push(invalid(at, resource, 'must be a standard resource for quota'));
      }
      return [...errors, ...quantityErrors(resource, text, at)];
    });
}

function isQuotaResource(resource: string): boolean {
  return counted.has(resource) || measured.has(resource) || isQuotaHugePages(resource);
}

const computed = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];
/** The standard resources that a scope can narrow; scopes that are not here take none. */
const resourcesOfScopes: Readonly<Record<string, readonly string[]>> = {
  Terminating: ['pods', ...computed],
  NotTerminating: ['pods', ...computed],
  BestEffort: ['pods'],
  NotBestEffort: ['pods', ...computed],
  PriorityClass: ['pods', ...computed],
  CrossNamespacePodAffinity: ['pods', ...computed],
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
};
const existential = ['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'CrossNamespacePodAffinity'];
const conflictingPairs: readonly (readonly [string, string])[] = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];
const conflicts = (given: readonly string[]): readonly unknown[] =>
  conflictingPairs.filter(([a, b]) => given.includes(a) && given.includes(b));

/** Each scope may be wrong for each amount: more errors than so many are not looked for. */
const enough = 10_000;

function scopeErrors({ hard, scopes: given = [], scopeSelector }: ResourceQuotaSpec): readonly FieldError[] {
  const misapplied = (scope: string): readonly string[] =>
    Object.keys(hard ?? {}).filter(
      (resource) => isQuotaResource(resource) && resourcesOfScopes[scope]?.includes(resource) === false,
    );
  const errors: FieldError[] = [];
  // Each shows the whole list: made once, for there may be many.
  const unsupported = invalid('spec.scopes', given, 'unsupported scope');
  const misappliedScope = invalid('spec.scopes', given, 'unsupported scope applied to resource');
  for (const scope of given) {
    if (errors.length >= enough) break;
    if (!scopes.includes(scope)) errors.push(unsupported);
    errors.push(...misapplied(scope).map(() => misappliedScope));
  }
  errors.push(...conflicts(given).map(() => invalid('spec.scopes', given, 'conflicting scopes')));
  const expressions = scopeSelector?.matchExpressions ?? [];
  const field = 'spec.scopeSelector.matchExpressions';
  const misappliedName = invalid(field, shownSelector(expressions), 'unsupported scope applied to resource');
  for (const expression of expressions) {
    if (errors.length >= enough) break;
    const { scopeName } = expression;
    if (!scopes.includes(scopeName)) errors.push(invalid(`${field}.scopeName`, scopeName, 'unsupported scope'));
    errors.push(...misapplied(scopeName).map(() => misappliedName));
    errors.push(...requirementErrors(expression, field));
  }
  const named = expressions.map(({ scopeName }) => scopeName);
  const shown = given.length > 0 ? given : null;
  errors.push(...conflicts(named).map(() => invalid(field, shown, 'conflicting scopes')));
  return errors;
}

/** As the original prints its own struct. */
function shownSelector(expressions: readonly Requirement[]): unknown {
  return {
    MatchExpressions: expressions.map(({ scopeName, operator, values = [] }) => ({
      ScopeName: scopeName,
      Operator: operator,
      Values: values.length > 0 ? values : null,
    })),
  };
}

type Requirement = NonNullable<NonNullable<ResourceQuotaSpec['scopeSelector']>['matchExpressions']>[number];

function requirementErrors({ scopeName, operator, values }: Requirement, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (existential.includes(scopeName) && operator !== 'Exists') {
    const detail =
      "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, " +
      'ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity';
    errors.push(invalid(`${field}.operator`, operator, detail));
  }
  const given = (values ?? []).length;
  if (operator === 'In' || operator === 'NotIn') {
    const detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    if (given === 0) errors.push(requiredField(`${field}.values`, detail));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
    if (given > 0) errors.push(invalid(`${field}.values`, values, detail));
  } else errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  return errors;
}
