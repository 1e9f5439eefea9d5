import { invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { ResourceQuota, ResourceQuotaSpec } from '../../groups/core.v1.ts';
import { samePlain } from '../../equality.ts';
import { isHugePages, nanosOf, resourceNameErrors } from '../pod/resources.ts';

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

/** Scopes that an object has or has not, without a value. */
const existing = ['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'CrossNamespacePodAffinity'];

/** Resources whose scopes are known; others may be counted in any. */
const standard = new Set([...counted, ...measured]);
const ofPods = new Set([...measured, 'pods'].filter((resource) => resource !== 'requests.storage'));

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
      if (nanosOf(text) < 0n) errors.push(invalid(at, text, 'must be greater than or equal to 0'));
      if (counted.has(resource) && nanosOf(text) % 1_000_000_000n !== 0n) {
        errors.push(invalid(at, text, 'must be an integer'));
      }
      return errors;
    });
}

function isQuotaResource(resource: string): boolean {
  return (
    counted.has(resource) ||
    measured.has(resource) ||
    isHugePages(resource) ||
    resource.startsWith('requests.hugepages-')
  );
}

function scopeApplies(scope: string, resource: string): boolean {
  switch (scope) {
    case 'Terminating':
    case 'NotTerminating':
    case 'NotBestEffort':
    case 'PriorityClass':
    case 'CrossNamespacePodAffinity':
      return ofPods.has(resource);
    case 'BestEffort':
      return resource === 'pods';
    case 'VolumeAttributesClass':
      return resource === 'persistentvolumeclaims' || resource === 'requests.storage';
    default:
      return true;
  }
}

function scopeErrors({ hard = {}, scopes: given = [], scopeSelector }: ResourceQuotaSpec): readonly FieldError[] {
  const errors: FieldError[] = [];
  const resources = Object.keys(hard);
  for (const scope of given) {
    if (!scopes.includes(scope)) errors.push(invalid('spec.scopes', given, 'unsupported scope'));
    for (const resource of resources) {
      if (standard.has(resource) && !scopeApplies(scope, resource)) {
        errors.push(invalid('spec.scopes', given, 'unsupported scope applied to resource'));
      }
    }
  }
  const conflicts: readonly (readonly [string, string])[] = [
    ['BestEffort', 'NotBestEffort'],
    ['Terminating', 'NotTerminating'],
  ];
  if (conflicts.some(([a, b]) => given.includes(a) && given.includes(b))) {
    errors.push(invalid('spec.scopes', given, 'conflicting scopes'));
  }
  for (const { scopeName, operator, values = [] } of scopeSelector?.matchExpressions ?? []) {
    const field = 'spec.scopeSelector.matchExpressions';
    if (!scopes.includes(scopeName)) errors.push(invalid(`${field}.scopeName`, scopeName, 'unsupported scope'));
    for (const resource of resources) {
      if (standard.has(resource) && !scopeApplies(scopeName, resource)) {
        errors.push(invalid(field, scopeSelector?.matchExpressions, 'unsupported scope applied to resource'));
      }
    }
    if (existing.includes(scopeName) && operator !== 'Exists') {
      const names = existing.map((scope) => `ResourceQuotaScope${scope}`);
      const detail = `must be 'Exists' when scope is any of ${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
      errors.push(invalid(`${field}.operator`, operator, detail));
    }
    const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'];
    if (!operators.includes(operator)) errors.push(notSupported(`${field}.operator`, operator, operators));
    else if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        const detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
        errors.push(requiredField(`${field}.values`, detail));
      }
    } else if (values.length > 0) {
      const detail = "must be no value when `operator` is 'Exists' or 'DoesNotExist' for scope selector";
      errors.push(invalid(`${field}.values`, values, detail));
    }
  }
  return errors;
}
