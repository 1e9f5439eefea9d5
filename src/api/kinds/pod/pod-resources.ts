/** What a pod asks for as a whole, for its containers to share. */
import { forbidden, invalid, notSupported, type FieldError } from '../../field-error.ts';
import type { PodSpec } from '../../groups/core.v1.ts';
import { compareQuantities, formatQuantity, parseQuantity } from '../../quantity.ts';
import { aggregateAmount } from './aggregate.ts';
import { noClaims } from './container-claims.ts';
import { isHugePages, requirementsErrors, resourceNameErrors } from './resources.ts';

/** The resources that a pod can have as a whole. */
export function isSharable(resource: string): boolean {
  return resource === 'cpu' || resource === 'memory' || isHugePages(resource);
}

export function podResourceErrors(spec: PodSpec, field: string): readonly FieldError[] {
  if (spec.resources == null) return [];
  if (spec.os?.name === 'windows') return [forbidden(field, 'may not be set for a windows pod')];
  const { claims } = spec.resources;
  return [
    ...(claims == null ? [] : [forbidden(`${field}.claims`, 'claims may not be set for Resources at pod-level')]),
    ...requirementsErrors(spec.resources, noClaims, field, nameErrors),
    ...totalErrors(spec, 'requests', field),
    ...totalErrors(spec, 'limits', field),
    ...limitErrors(spec, field),
  ];
}

function nameErrors(resource: string, field: string): readonly FieldError[] {
  const errors = resourceNameErrors(resource, field);
  if (errors.length > 0 || isSharable(resource)) return errors;
  return [notSupported(field, resource, ['cpu', 'hugepages-', 'memory'])];
}

/** The containers must not ask for more than their pod, nor use more huge pages than it may. */
function totalErrors(spec: PodSpec, of: 'requests' | 'limits', field: string): readonly FieldError[] {
  return Object.entries(spec.resources?.[of] ?? {})
    .filter(([resource]) => (of === 'requests' ? isSharable(resource) : isHugePages(resource)))
    .toSorted()
    .flatMap(([resource, amount]) => {
      const sum = aggregateAmount(spec, of, resource);
      if (sum === undefined || compareQuantities(sum, parseQuantity(amount)) <= 0) return [];
      const detail = `must be greater than or equal to aggregate container ${of} of ${formatQuantity(sum)}`;
      return [invalid(`${field}.${of}[${resource}]`, amount, detail)];
    });
}

/** One container alone must not be allowed more than its pod. */
function limitErrors({ resources, containers }: PodSpec, field: string): readonly FieldError[] {
  return (containers ?? []).flatMap((container, index) =>
    Object.entries(container.resources?.limits ?? {})
      .toSorted()
      .flatMap(([resource, limit]) => {
        const ofPod = resources?.limits?.[resource];
        if (ofPod === undefined || compareQuantities(parseQuantity(limit), parseQuantity(ofPod)) <= 0) return [];
        const at = `${field}.containers[${index}][${resource}].limits`;
        return [invalid(at, limit, `must be less than or equal to pod limits of ${ofPod}`)];
      }),
  );
}
