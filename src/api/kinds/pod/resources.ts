/** Requests, limits and what resources may be called. */
import { invalid, notFound, requiredField, type FieldError } from '../../field-error.ts';
import type { ResourceRequirements } from '../../groups/core.v1.ts';
import { qualifiedNameErrors } from '../../names.ts';
import { parseQuantity } from '../../quantity.ts';

type Amounts = Readonly<Record<string, string>>;

const standardResources = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.ephemeral-storage',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'limits.cpu',
  'limits.memory',
  'services.nodeports',
  'services.loadbalancers',
]);
const containerResources = ['cpu', 'memory', 'ephemeral-storage'];
const notWholeText = 'must be an integer';

export const nanosOf = (text: string): bigint => parseQuantity(text).nanos;

export function resourceNameErrors(name: string, field: string): readonly FieldError[] {
  const errors = qualifiedNameErrors(name).map((text) => invalid(field, name, text));
  if (errors.length > 0) return errors;
  return !name.includes('/') && !standardResources.has(name) && !isHugePages(name)
    ? [invalid(field, name, 'must be a standard resource type or fully qualified')]
    : [];
}

export function containerResourceNameErrors(name: string, field: string): readonly FieldError[] {
  const errors = [...resourceNameErrors(name, field)];
  if (!name.includes('/')) {
    if (!containerResources.includes(name) && !isHugePages(name)) {
      errors.push(invalid(field, name, 'must be a standard resource for containers'));
    }
  } else if (!isNative(name) && !isExtended(name)) {
    errors.push(invalid(field, name, "doesn't follow extended resource name standard"));
  }
  return errors;
}

function amountErrors(resource: string, text: string, field: string): readonly FieldError[] {
  const nanos = nanosOf(text);
  if (nanos < 0n) return [invalid(field, text, 'must be greater than or equal to 0')];
  const whole = nanos % 1_000_000_000n === 0n;
  return isExtended(resource) && !whole ? [invalid(field, text, notWholeText)] : [];
}

export function requirementsErrors(
  resources: ResourceRequirements | undefined,
  claimNames: readonly string[] | undefined,
  field: string,
): readonly FieldError[] {
  if (resources === undefined) return [];
  const { limits = {}, requests = {} } = resources;
  const errors: FieldError[] = [];
  for (const resource of sortedKeys(limits)) {
    const at = `${field}.limits[${resource}]`;
    errors.push(...containerResourceNameErrors(resource, at), ...amountErrors(resource, limits[resource] ?? '0', at));
  }
  let hugePages = sortedKeys(limits).some(isHugePages);
  let basics = sortedKeys(limits).some((resource) => resource === 'cpu' || resource === 'memory');
  for (const resource of sortedKeys(requests)) {
    const at = `${field}.requests[${resource}]`;
    errors.push(...containerResourceNameErrors(resource, at), ...amountErrors(resource, requests[resource] ?? '0', at));
    errors.push(...requestAgainstLimit(resource, requests, limits, field));
    hugePages ||= isHugePages(resource);
    basics ||= resource === 'cpu' || resource === 'memory';
  }
  if (hugePages && !basics) {
    errors.push({ type: 'FieldValueForbidden', field, message: 'Forbidden: HugePages require cpu or memory' });
  }
  return [...errors, ...claimErrors(resources, claimNames ?? [], field)];
}

function requestAgainstLimit(
  resource: string,
  requests: Amounts,
  limits: Amounts,
  field: string,
): readonly FieldError[] {
  const request = requests[resource] ?? '0';
  const limit = limits[resource];
  const overcommits = !isExtended(resource) && !isHugePages(resource);
  if (limit === undefined) {
    return overcommits ? [] : [requiredField(`${field}.limits`, 'Limit must be set for non overcommitable resources')];
  }
  const difference = nanosOf(request) - nanosOf(limit);
  if (difference !== 0n && !overcommits) {
    return [invalid(`${field}.requests`, request, `must be equal to ${resource} limit of ${limit}`)];
  }
  if (difference > 0n) {
    return [invalid(`${field}.requests`, request, `must be less than or equal to ${resource} limit of ${limit}`)];
  }
  return [];
}

function claimErrors(
  { claims = [] }: ResourceRequirements,
  known: readonly string[],
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { name, request = '' }] of claims.entries()) {
    const at = `${field}.claims[${index}]`;
    if (name === '') errors.push(requiredField(`${at}.name`));
    else {
      const both = `${name}/${request}`;
      if (seen.has(both)) errors.push(invalid(at, both, 'duplicate'));
      seen.add(both);
      if (!known.includes(name)) {
        const which = known.length === 0 ? ' which is empty' : `: ${known.join(', ')}`;
        const error = notFound(at, name);
        errors.push({
          ...error,
          message: `${error.message}: must be one of the names in pod.spec.resourceClaims${which}`,
        });
      }
    }
  }
  return errors;
}

/** What a runtime class says of its pods: named as limits, as the original does. */
export function overheadErrors(amounts: Amounts, field: string): readonly FieldError[] {
  return requirementsErrors({ limits: amounts }, [], field);
}

export function isHugePages(resource: string): boolean {
  return resource.startsWith('hugepages-');
}

export function isExtended(resource: string): boolean {
  return (
    !isNative(resource) && !resource.startsWith('requests.') && qualifiedNameErrors(`requests.${resource}`).length === 0
  );
}

function isNative(resource: string): boolean {
  return !resource.includes('/') || resource.includes('kubernetes.io/');
}

function sortedKeys(amounts: Amounts): readonly string[] {
  return Object.keys(amounts).toSorted();
}
