/** The claim that was made for the devices which containers ask for by the name of a resource. */
import { duplicate, invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { PodExtendedResourceClaimStatus, PodSpec } from '../../groups/core.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';

export function extendedClaimErrors(
  { requestMappings = [], resourceClaimName }: PodExtendedResourceClaimStatus,
  { containers, initContainers }: PodSpec,
  field: string,
): readonly FieldError[] {
  const byName = new Map([...(initContainers ?? []), ...(containers ?? [])].map((each) => [each.name, each]));
  const at = `${field}.requestMappings`;
  const errors: FieldError[] = [];
  if (requestMappings.length === 0) errors.push(requiredField(at, 'at least one request mapping is required'));
  const seen = new Set<string>();
  for (const [index, mapping] of requestMappings.entries()) {
    const item = `${at}[${index}]`;
    const { containerName, resourceName, requestName } = mapping;
    const container = byName.get(containerName);
    if (container === undefined) {
      const detail = 'must match the name of an entry in spec.initContainers.name or spec.containers.name';
      errors.push(invalid(`${item}.containerName`, containerName, detail));
    } else if (container.resources?.requests?.[resourceName] === undefined) {
      const detail =
        'must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests';
      errors.push(invalid(`${item}.resourceName`, resourceName, detail));
    }
    errors.push(...dnsLabelErrors(requestName).map((text) => invalid(`${field}.requestName`, requestName, text)));
    const key = JSON.stringify([containerName, resourceName, requestName]);
    if (seen.has(key)) {
      for (const name of ['containerName', 'resourceName', 'requestName'] as const) {
        errors.push(duplicate(`${item}.${name}`, mapping[name]));
      }
    }
    seen.add(key);
  }
  const claim = `${field}.resourceClaimName`;
  if (resourceClaimName === '') return [...errors, requiredField(claim)];
  return [...errors, ...dnsSubdomainErrors(resourceClaimName).map((text) => invalid(claim, resourceClaimName, text))];
}
