/** Requests, limits and what resources may be called. */
import { forbidden, invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { ResourceRequirements } from '../../groups/core.v1.ts';
import { qualifiedNameErrors } from '../../names.ts';
import { parseQuantity, QuantityError } from '../../quantity.ts';
import { containerClaimErrors, noClaims, type ClaimNames } from './container-claims.ts';

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
const one = 1_000_000_000n;

export const nanosOf = (text: string): bigint => parseQuantity(text).nanos;

export function resourceNameErrors(name: string, field: string): readonly FieldError[] {
  const errors = qualifiedNameErrors(name).map((text) => invalid(field, name, text));
  if (errors.length > 0) return errors;
  return !name.includes('/') && !standardResources.has(name) && !isQuotaHugePages(name)
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

/** Resources that are counted, not measured. */
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

/** An amount of a resource: none is negative, and what is counted is whole. */
export function quantityErrors(resource: string, text: string, field: string): readonly FieldError[] {
  const nanos = nanosOf(text);
  const errors: FieldError[] = [];
  if (nanos < 0n) errors.push(invalid(field, text, 'must be greater than or equal to 0'));
  if ((isExtended(resource) || counted.has(resource)) && nanos % one !== 0n)
    errors.push(invalid(field, text, notWholeText));
  return errors;
}

/** Huge pages are had whole: their size is in the name. */
function pageErrors(resource: string, text: string, field: string): readonly FieldError[] {
  if (!isHugePages(resource)) return [];
  const size = pageBytes(resource);
  const bytes = parseQuantity(text).nanos / one;
  const divisible = size !== undefined && size > 0n && bytes % size === 0n;
  return divisible ? [] : [invalid(field, text, `${text} is not positive integer multiple of ${resource}`)];
}

function pageBytes(resource: string): bigint | undefined {
  try {
    return parseQuantity(resource.slice('hugepages-'.length)).nanos / one;
  } catch (error) {
    if (error instanceof QuantityError) return undefined;
    throw error;
  }
}

type NameRule = (resource: string, field: string) => readonly FieldError[];

/** `nameRule`: what resources may be called; default: as of containers. */
export function requirementsErrors(
  resources: ResourceRequirements | undefined,
  claimNames: ClaimNames,
  field: string,
  nameRule: NameRule = containerResourceNameErrors,
): readonly FieldError[] {
  if (resources == null) return [];
  const { limits = {}, requests = {} } = resources;
  const errors: FieldError[] = [];
  for (const resource of sortedKeys(limits)) {
    const at = `${field}.limits[${resource}]`;
    const limit = limits[resource] ?? '0';
    errors.push(...nameRule(resource, at), ...quantityErrors(resource, limit, at), ...pageErrors(resource, limit, at));
  }
  for (const resource of sortedKeys(requests)) {
    const at = `${field}.requests[${resource}]`;
    const request = requests[resource] ?? '0';
    errors.push(...nameRule(resource, at), ...quantityErrors(resource, request, at));
    errors.push(...requestAgainstLimit(resource, requests, limits, field), ...pageErrors(resource, request, at));
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory')) {
    errors.push(forbidden(field, 'HugePages require cpu or memory'));
  }
  return [...errors, ...containerClaimErrors(resources.claims ?? [], claimNames, `${field}.claims`)];
}

function requestAgainstLimit(
  resource: string,
  requests: Amounts,
  limits: Amounts,
  field: string,
): readonly FieldError[] {
  const request = requests[resource] ?? '0';
  const limit = limits[resource];
  const overcommits = isOvercommitted(resource);
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

/** What a runtime class says of its pods: named as limits, as the original does. */
export function overheadErrors(amounts: Amounts, field: string): readonly FieldError[] {
  return requirementsErrors({ limits: amounts }, noClaims, field);
}

/** More of it may be promised than there is. */
export function isOvercommitted(resource: string): boolean {
  return isNative(resource) && !isHugePages(resource);
}

export function isHugePages(resource: string): boolean {
  return resource.startsWith('hugepages-');
}

/** Quotas name what is asked for as well. */
export function isQuotaHugePages(resource: string): boolean {
  return isHugePages(resource) || resource.startsWith('requests.hugepages-');
}

export function isExtended(resource: string): boolean {
  return (
    !isNative(resource) && !resource.startsWith('requests.') && qualifiedNameErrors(`requests.${resource}`).length === 0
  );
}

export function isNative(resource: string): boolean {
  return !resource.includes('/') || resource.includes('kubernetes.io/');
}

function sortedKeys(amounts: Amounts): readonly string[] {
  return Object.keys(amounts).toSorted();
}
